function (user, context, callback) {
  const closed = ['reports'];
  if (closed.indexOf(context.clientID) !== -1) {
    console.log('refused', context.clientID);
    return callback(new UnauthorizedError(`${context.clientName} is closed for the audit.`));
  }
  callback(null, user, context);
}
