// Only colleagues may sign in.
function (user, context, callback) {
  var allowed = ['example.com', 'exampleco.com'];
  var parts = user.email.split('@');
  var mayEnter = allowed.some(function (domain) { return parts[parts.length - 1].toLowerCase() === domain; });
  if (!mayEnter) {
    return callback(new UnauthorizedError('Sign in with the address that the company gave you.'));
  }
  return callback(null, user, context);
}
