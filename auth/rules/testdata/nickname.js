// What the profile doesn't say: a short name, made of the address.
(user, context, callback) => {
  context.idToken.nickname = user.email.replace(/@.*$/, '');
  context.idToken['https://exampleco.com/since'] = new Date(user.created_at).getFullYear();
  callback(null, user, context);
}
