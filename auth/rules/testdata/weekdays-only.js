function (user, context, callback) {
  var day = new Date().getDay();
  if (context.clientName === 'Phone app' && (day === 0 || day === 6)) {
    return callback(new UnauthorizedError('This app can be used on weekdays only.'));
  }
  callback(null, user, context);
};
