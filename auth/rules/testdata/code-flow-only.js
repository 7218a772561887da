// The claim is for fresh sign-ins: a refresh doesn't get it.
function (user, context, callback) {
  switch (context.protocol) {
    case 'oidc-basic-profile':
      context.accessToken['https://exampleco.com/fresh'] = true;
      break;
    case 'oauth2-refresh-token':
      break;
    default:
      return callback(new Error('what is the protocol ' + context.protocol + '?'));
  }
  callback(null, user, context);
}
