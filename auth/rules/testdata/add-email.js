// The API wants to know the e-mail address without asking UserInfo.
function addEmail(user, context, callback) {
  const namespace = 'https://exampleco.com/';
  context.accessToken[namespace + 'email'] = user.email;
  context.accessToken[namespace + 'email_verified'] = user.email_verified;
  return callback(null, user, context);
}
