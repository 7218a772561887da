// npm's openid-client goes through everything that an application does: code + PKCE, UserInfo, refresh, revocation,
// client credentials. Usage: node openid-client.mjs ISSUER EMAIL PASSWORD WEB_SECRET MACHINE_SECRET
import assert from 'node:assert/strict';
import test from 'node:test';
import * as client from 'openid-client';
import { signIn } from './person.mjs';

const [issuer, email, password, webSecret, machineSecret] = process.argv.slice(2);
const audience = 'https://api.exampleco.com/timesheets';
const insecure = { execute: [client.allowInsecureRequests] }; // the server is on this machine

const discover = (id, metadata, authentication) => client.discovery(new URL(issuer), id, metadata, authentication, insecure);

async function authorize(config, redirectURI, scope, build = client.buildAuthorizationUrl) {
  const verifier = client.randomPKCECodeVerifier(), state = client.randomState(), nonce = client.randomNonce();
  const url = await build(config, {
    redirect_uri: redirectURI, scope, state, nonce, audience,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const answer = await signIn(url, email, password);
  return client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
}

const call = (token, path, init = {}) => fetch(new URL(path, issuer), { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });

test('a native app: code + PKCE, UserInfo, refresh, revoke', async () => {
  const config = await discover('timesheets-mobile', undefined, client.None());
  const tokens = await authorize(config, 'http://127.0.0.1:54321/callback', 'openid profile email offline_access read:timesheets create:timesheets');
  assert.equal(tokens.token_type, 'bearer');
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);

  const sub = tokens.claims().sub;
  const info = await client.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal(info.email, email);

  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  assert.equal(next.claims().sub, sub);
  assert.equal(next.claims().nonce, undefined);

  await client.tokenRevocation(config, next.refresh_token);
  for (const dead of [tokens.access_token, next.access_token]) assert.equal((await call(dead, 'timesheets')).status, 401);
  await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' });
});

test('a native app with a key of its own: DPoP', async () => {
  const config = await discover('timesheets-mobile', undefined, client.None());
  const key = () => client.randomDPoPKeyPair().then((pair) => client.getDPoPHandle(config, pair));
  const DPoP = await key();
  const redirectURI = 'http://127.0.0.1:54321/callback';
  const verifier = client.randomPKCECodeVerifier(), state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectURI, scope: 'openid email offline_access read:timesheets', state, dpop_jkt: await DPoP.calculateThumbprint(),
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const answer = await signIn(url, email, password);
  const tokens = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state }, undefined, { DPoP });
  assert.equal(tokens.token_type, 'dpop');

  const timesheets = new URL('timesheets', issuer);
  const listed = await client.fetchProtectedResource(config, tokens.access_token, timesheets, 'GET', undefined, undefined, { DPoP });
  assert.equal(listed.status, 200);
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP })).email, email);
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 401);

  const thief = { DPoP: await key() };
  await assert.rejects(client.fetchProtectedResource(config, tokens.access_token, timesheets, 'GET', undefined, undefined, thief), (e) => e.cause[0].scheme === 'dpop');
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, thief), { error: 'invalid_grant' });
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(next.token_type, 'dpop');
});

for (const [name, authentication] of [['Basic', client.ClientSecretBasic], ['post', client.ClientSecretPost]]) {
  test(`a web app with a secret by ${name}, after consent`, async () => {
    const config = await discover('reports', undefined, authentication(webSecret));
    const tokens = await authorize(config, 'http://localhost:4000/callback', 'openid email read:timesheets');
    assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
  });
  test(`a machine with a secret by ${name}`, async () => {
    const config = await discover('payroll', undefined, authentication(machineSecret));
    const tokens = await client.clientCredentialsGrant(config, { audience, scope: 'read:timesheets' });
    assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
    const filed = await call(tokens.access_token, 'timesheets', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    assert.equal(filed.status, 403);
    await assert.rejects(client.clientCredentialsGrant(config, { scope: 'approve:timesheets' }), { error: 'invalid_scope' });
  });
}

test('a pushed authorization request', async () => {
  const config = await discover('reports', undefined, client.ClientSecretBasic(webSecret));
  const tokens = await authorize(config, 'http://localhost:4000/callback', 'openid read:timesheets', client.buildAuthorizationUrlWithPAR);
  assert.equal(tokens.scope, 'openid read:timesheets');
});

test('a wrong secret', async () => {
  const config = await discover('payroll', undefined, client.ClientSecretBasic('wrong'));
  await assert.rejects(client.clientCredentialsGrant(config), { status: 401 });
});
