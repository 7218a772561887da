async function countLogins(user, context, callback) {
  const count = await Promise.resolve(context.stats.loginsCount);
  context.idToken['https://exampleco.com/logins'] = count;
  context.idToken['https://exampleco.com/first'] = count === 1;
  return callback(null, user, context);
}
