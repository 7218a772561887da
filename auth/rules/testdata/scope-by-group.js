// Groups decide what may be done; the scope is one string, as the first version of this rule had it.
function (user, context, callback) {
  var scopes = {
    employee: ['openid', 'read:timesheets', 'create:timesheets'],
    manager: ['openid', 'read:timesheets', 'approve:timesheets']
  };
  var groups = user.groups || context.authorization.roles;
  var granted = [];
  groups.forEach(function (group) {
    (scopes[group] || []).forEach(function (scope) {
      if (granted.indexOf(scope) < 0) granted.push(scope);
    });
  });
  context.accessToken.scope = granted.join(' ');
  callback(null, user, context);
}
