// Nobody but a manager gets approve:timesheets, whatever the application asks for.
function (user, context, callback) {
  const roles = context.authorization.roles;
  if (!roles.includes('manager')) {
    context.accessToken.scope = context.accessToken.scope.filter((scope) => scope !== 'approve:timesheets');
  }
  callback(null, user, context);
}
