function (user, context, callback) {
  var roles = (context.authorization || {}).roles || [];
  context.idToken['https://exampleco.com/roles'] = roles;
  context.accessToken['https://exampleco.com/roles'] = roles;
  callback(null, user, context);
}
