function emailVerified(user, context, callback) {
  if (!user.email_verified) {
    return callback(new UnauthorizedError('Please verify your e-mail address before signing in.'));
  }
  return callback(null, user, context);
}
