// npm's auth0, the ManagementClient: an administrator's machine builds the whole of ExampleCo by it, APIs, applications, people,
// roles and rules, and what it built works: its people sign in with its applications, and its job gets tokens.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import test from 'node:test';
import { ManagementClient } from 'auth0-management';
import { decodeJwt } from 'jose';
import { signIn } from './person.mjs';
import { audience, call, issuer, secrets } from './world.mjs';

const domain = new URL(issuer).host;
const api = new ManagementClient({ domain, clientId: 'operator', clientSecret: secrets.operator, retry: { enabled: false } });
const callback = 'https://reports.exampleco.test/callback', payroll = 'https://payroll.exampleco.test/';
const password = 'correct horse battery';

/** All items of a list, through all of its pages. */
async function all(list) {
  const items = [];
  for await (const item of await list) items.push(item);
  return items;
}

/** The person signs in with the application and its secret. Gives the tokens, or the error that the application is told. */
async function tokensOf(email, { client_id, client_secret }, scope) {
  const verifier = randomBytes(32).toString('base64url');
  const answer = await signIn(`${issuer}authorize?${new URLSearchParams({
    client_id, response_type: 'code', redirect_uri: callback, scope, audience,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  })}`, email, password);
  const error = answer.searchParams.get('error_description');
  if (error) return { error };
  const body = new URLSearchParams({
    grant_type: 'authorization_code', client_id, client_secret, redirect_uri: callback, code: answer.searchParams.get('code'), code_verifier: verifier,
  });
  return (await fetch(`${issuer}oauth/token`, { method: 'POST', body })).json();
}

const built = {};

test('APIs', async () => {
  const timesheets = await api.resourceServers.get(audience);
  assert.deepEqual(timesheets.scopes.map((s) => s.value), ['read:timesheets', 'create:timesheets', 'delete:timesheets', 'approve:timesheets']);
  const made = await api.resourceServers.create({
    identifier: payroll, name: 'Payroll', signing_alg: 'RS256', token_lifetime: 3600, scopes: [{ value: 'batch:upload', description: 'Upload hours' }],
  });
  await api.resourceServers.update(made.id, { enforce_policies: true, allow_offline_access: false });
  assert.equal((await api.resourceServers.get(payroll)).token_lifetime, 3600);
  assert.equal((await all(api.resourceServers.list())).length, 3);
});

test('applications and what they may do', async () => {
  const phone = await api.clients.create({ name: 'Timesheets Mobile', app_type: 'native', callbacks: ['com.exampleco.timesheets:/callback'] });
  assert.equal(phone.client_secret, undefined);
  await api.clients.create({
    name: 'Timesheets SPA', app_type: 'spa', callbacks: ['https://app.exampleco.test/'], web_origins: ['https://app.exampleco.test'],
    allowed_logout_urls: ['https://app.exampleco.test/'],
  });
  built.web = await api.clients.create({ name: 'Reports', app_type: 'regular_web', callbacks: [callback] });
  built.job = await api.clients.create({ name: 'Timesheets Import Job', app_type: 'non_interactive', client_metadata: { team: 'payroll' } });
  built.grant = await api.clientGrants.create({ client_id: built.job.client_id, audience: payroll, scope: ['batch:upload'] });
  await api.clientGrants.create({
    client_id: built.web.client_id, audience, scope: ['read:timesheets', 'create:timesheets', 'approve:timesheets'], subject_type: 'user',
    skip_consent: true,
  });
  assert.deepEqual((await all(api.clientGrants.list({ audience: payroll, take: 1 }))).map((g) => g.client_id), [built.job.client_id]);
  const names = (await all(api.clients.list({ per_page: 2 }))).map((c) => c.name);
  for (const name of ['Reports', 'Timesheets Import Job', 'Timesheets Mobile', 'Timesheets SPA']) assert.ok(names.includes(name), name);

  const rotated = await api.clients.rotateSecret(built.job.client_id);
  assert.notEqual(rotated.client_secret, built.job.client_secret);
  for (const client_secret of [built.job.client_secret, rotated.client_secret]) {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: built.job.client_id, client_secret, audience: payroll });
    const answer = await (await fetch(`${issuer}oauth/token`, { method: 'POST', body })).json();
    assert.deepEqual([[decodeJwt(answer.access_token).aud].flat(), answer.scope], [[payroll], 'batch:upload']);
  }
});

test('people, roles and permissions', async () => {
  const role = await api.roles.create({ name: 'Lead', description: 'Approves the time of a team' });
  await api.roles.permissions.add(role.id, {
    permissions: ['read:timesheets', 'create:timesheets', 'approve:timesheets'].map((permission_name) => ({
      resource_server_identifier: audience, permission_name,
    })),
  });
  built.lead = await api.users.create({ connection: 'Username-Password-Authentication', email: 'mia@exampleco.test', name: 'Mia Chen', password });
  built.employee = await api.users.create({
    connection: 'Username-Password-Authentication', email: 'ben@exampleco.test', name: 'Ben Okafor', password, app_metadata: { team: 'field' },
  });
  await api.users.update(built.employee.user_id, { manager_id: built.lead.user_id });
  await api.roles.users.assign(role.id, { users: [built.lead.user_id] });
  const [employee] = await all(api.roles.list({ name_filter: 'employee' }));
  await api.users.roles.assign(built.employee.user_id, { roles: [employee.id] });
  await api.users.permissions.create(built.employee.user_id, {
    permissions: [{ resource_server_identifier: payroll, permission_name: 'batch:upload' }],
  });

  assert.deepEqual((await all(api.users.roles.list(built.lead.user_id))).map((r) => r.name), ['Lead']);
  assert.deepEqual((await all(api.roles.users.list(role.id))).map((u) => u.email), ['mia@exampleco.test']);
  const permissions = await all(api.users.permissions.list(built.employee.user_id));
  assert.ok(permissions.some((p) => p.permission_name === 'batch:upload' && p.resource_server_identifier === payroll));
  assert.deepEqual((await all(api.users.list({ q: 'email:"ben@exampleco.test"' }))).map((u) => u.app_metadata), [{ team: 'field' }]);
  assert.deepEqual((await api.users.listUsersByEmail({ email: 'mia@exampleco.test' })).map((u) => u.user_id), [built.lead.user_id]);

  const { scope } = await tokensOf('mia@exampleco.test', built.web, 'openid read:timesheets approve:timesheets');
  assert.equal(scope, 'openid read:timesheets approve:timesheets');
  const narrowed = await tokensOf('ben@exampleco.test', built.web, 'openid read:timesheets approve:timesheets');
  assert.equal(narrowed.scope, 'openid read:timesheets', 'who manages nobody is not given approve:timesheets');
});

test('rules and the values that they use', async () => {
  await api.rulesConfigs.set('TEAM_CLAIM', { value: 'https://exampleco.test/team' });
  const rule = await api.rules.create({
    name: 'team', script: `function (user, context, callback) {
      context.accessToken[configuration.TEAM_CLAIM] = user.app_metadata.team;
      callback(null, user, context);
    }`,
  });
  const { access_token } = await tokensOf('ben@exampleco.test', built.web, 'openid read:timesheets');
  assert.equal(decodeJwt(access_token)['https://exampleco.test/team'], 'field');
  await api.rules.update(rule.id, {
    script: 'function (user, context, callback) { callback(new UnauthorizedError("not " + user.name)); }',
  });
  assert.deepEqual(await tokensOf('ben@exampleco.test', built.web, 'openid'), { error: 'not Ben Okafor' });
  assert.deepEqual((await all(api.rules.list())).map((r) => [r.name, r.order, r.enabled]), [['team', 1, true]]);
  await api.rules.delete(rule.id);
  assert.deepEqual((await api.rulesConfigs.list()).map((c) => c.key), ['TEAM_CLAIM']);
  await api.rulesConfigs.delete('TEAM_CLAIM');
});

test('what is taken back is gone at the next call', async () => {
  const { access_token } = await tokensOf('ben@exampleco.test', built.web, 'openid read:timesheets');
  assert.equal((await call(access_token, 'timesheets')).status, 200);
  assert.ok((await all(api.users.sessions.list(built.employee.user_id))).length > 0);
  await api.users.update(built.employee.user_id, { blocked: true });
  assert.equal((await call(access_token, 'timesheets')).status, 401);
  await api.users.update(built.employee.user_id, { blocked: false });

  const grants = await all(api.userGrants.list({ user_id: built.lead.user_id }));
  for (const grant of grants) await api.userGrants.delete(grant.id);
  await api.clientGrants.delete(built.grant.id);
  const body = new URLSearchParams({
    grant_type: 'client_credentials', client_id: built.job.client_id, client_secret: built.job.client_secret, audience: payroll,
  });
  assert.equal((await fetch(`${issuer}oauth/token`, { method: 'POST', body })).status, 400);
});

test('keys, links for a new password, and the log', async () => {
  const before = await api.keys.signing.list();
  await api.keys.signing.rotate();
  const keys = await api.keys.signing.list();
  assert.equal(keys.length, before.length + 1);
  assert.equal((await api.keys.signing.get(keys[0].kid)).kid, keys[0].kid);

  const { ticket } = await api.tickets.changePassword({ user_id: built.lead.user_id, ttl_sec: 600 });
  const page = await fetch(ticket);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /type="password"/);

  const page1 = await api.logs.list({ search: 'type:sapi', per_page: 100 });
  const changes = page1.data.map((line) => [line.description, line.client_id]);
  assert.ok(changes.some(([what, who]) => what === 'Create a client' && who === 'operator'));
  assert.ok(changes.some(([what]) => what.startsWith('Rotate')));
  assert.ok((await api.logs.list({ search: `type:rule_denied AND user_id:"${built.employee.user_id}"` })).data.length === 1);
  assert.equal((await api.logs.get(page1.data[0].log_id)).log_id, page1.data[0].log_id);
});

test('what is wrong is told by status, code and message', async () => {
  await assert.rejects(api.clients.get('nobody'), (e) => e.statusCode === 404 && e.body.errorCode === 'inexistent_client');
  await assert.rejects(api.clients.create({ name: 'x', app_type: 'native', callbacks: ['http://*.example.test/'] }),
    (e) => e.statusCode === 400 && e.body.errorCode === 'invalid_body' && /'callbacks\/0' must be exact/.test(e.body.message));
  const other = new ManagementClient({ domain, clientId: 'job', clientSecret: secrets.job, retry: { enabled: false } });
  await assert.rejects(other.clients.create({ name: 'x', app_type: 'native' }));
});
