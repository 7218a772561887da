// npm's openid-client goes through everything that an application does: code + PKCE, UserInfo, refresh, revocation, DPoP,
// pushed requests, device codes, client credentials by secret and by key, introspection, logout.
import assert from 'node:assert/strict';
import test from 'node:test';
import { importJWK } from 'jose';
import * as client from 'openid-client';
import { audience, call, issuer, person, personAllows, personSignsIn, privateKey, secrets, web } from './world.mjs';

const discover = (id, authentication) => client.discovery(new URL(issuer), id, undefined, authentication);
const native = () => discover('phone', client.None());
const nativeURI = 'http://127.0.0.1:54321/callback', webURI = `${web}/callback`;
const proof = (config) => client.randomDPoPKeyPair().then((pair) => client.getDPoPHandle(config, pair));
const timesheets = new URL('timesheets', issuer);

async function authorize(config, redirectURI, scope, build = client.buildAuthorizationUrl) {
  const verifier = client.randomPKCECodeVerifier(), state = client.randomState(), nonce = client.randomNonce();
  const url = await build(config, {
    redirect_uri: redirectURI, scope, state, nonce, audience,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const answer = await personSignsIn(url);
  return client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
}

test('a native app: code + PKCE, UserInfo, refresh, revoke', async () => {
  const config = await native();
  const tokens = await authorize(config, nativeURI, 'openid profile email offline_access read:timesheets create:timesheets');
  assert.equal(tokens.token_type, 'bearer');
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);

  const sub = tokens.claims().sub;
  const info = await client.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal(info.email, person.email);

  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  assert.equal(next.claims().sub, sub);
  assert.equal(next.claims().nonce, undefined);

  await client.tokenRevocation(config, next.refresh_token);
  for (const dead of [tokens.access_token, next.access_token]) assert.equal((await call(dead, 'timesheets')).status, 401);
  await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' });
});

test('a native app with a key of its own: DPoP', async () => {
  const config = await native();
  const DPoP = await proof(config);
  const verifier = client.randomPKCECodeVerifier(), state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: nativeURI, scope: 'openid email offline_access read:timesheets', state, dpop_jkt: await DPoP.calculateThumbprint(),
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const answer = await personSignsIn(url);
  const tokens = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state }, undefined, { DPoP });
  assert.equal(tokens.token_type, 'dpop');

  const listed = await client.fetchProtectedResource(config, tokens.access_token, timesheets, 'GET', undefined, undefined, { DPoP });
  assert.equal(listed.status, 200);
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP })).email, person.email);
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 401);

  const thief = { DPoP: await proof(config) };
  await assert.rejects(client.fetchProtectedResource(config, tokens.access_token, timesheets, 'GET', undefined, undefined, thief), (e) => e.cause[0].scheme === 'dpop');
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, thief), { error: 'invalid_grant' });
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(next.token_type, 'dpop');
});

test('a device that the person allows elsewhere', async () => {
  const config = await native();
  const device = await client.initiateDeviceAuthorization(config, { scope: 'openid offline_access read:timesheets' });
  assert.match(await personAllows(device.verification_uri_complete), /Your device may go on/);
  device.interval = 1; // the first poll needn't wait for longer
  const tokens = await client.pollDeviceAuthorizationGrant(config, device);
  assert.ok(tokens.claims().sub && tokens.refresh_token);
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
  const { device_code } = device;
  const again = client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', { device_code });
  await assert.rejects(again, { error: 'invalid_grant' });
});

for (const [name, authentication] of [['Basic', client.ClientSecretBasic], ['post', client.ClientSecretPost]]) {
  test(`a web app with a secret by ${name}, after consent`, async () => {
    const config = await discover('web', authentication(secrets.web));
    const tokens = await authorize(config, webURI, 'openid email read:timesheets');
    assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
  });
  test(`a machine with a secret by ${name}`, async () => {
    const config = await discover('job', authentication(secrets.job));
    const tokens = await client.clientCredentialsGrant(config, { audience, scope: 'read:timesheets' });
    assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
    const filed = await call(tokens.access_token, 'timesheets', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    assert.equal(filed.status, 403);
    await assert.rejects(client.clientCredentialsGrant(config, { scope: 'approve:timesheets' }), { error: 'invalid_scope' });
  });
}

test('a machine that signs instead of keeping a secret: private_key_jwt', async () => {
  const key = await importJWK(privateKey);
  const config = await discover('signer', client.PrivateKeyJwt({ key, kid: privateKey.kid }));
  const tokens = await client.clientCredentialsGrant(config, { audience });
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
  const { privateKey: another } = await client.randomDPoPKeyPair('ES256');
  const thief = await discover('signer', client.PrivateKeyJwt({ key: another, kid: privateKey.kid }));
  await assert.rejects(client.clientCredentialsGrant(thief, { audience }), { status: 401 });
});

test('a machine asks about tokens, as the API that it acts for', async () => {
  const asks = await discover('job', client.ClientSecretBasic(secrets.job));
  const app = await native();
  const tokens = await authorize(app, nativeURI, 'openid offline_access read:timesheets');
  const told = await client.tokenIntrospection(asks, tokens.access_token);
  assert.deepEqual([told.active, told.sub, told.client_id, told.iss], [true, tokens.claims().sub, 'phone', issuer]);
  assert.deepEqual(await client.tokenIntrospection(asks, tokens.refresh_token), { active: false });
  await client.tokenRevocation(app, tokens.refresh_token);
  assert.deepEqual(await client.tokenIntrospection(asks, tokens.access_token), { active: false });
});

test('a pushed authorization request', async () => {
  const config = await discover('web', client.ClientSecretBasic(secrets.web));
  const tokens = await authorize(config, webURI, 'openid read:timesheets', client.buildAuthorizationUrlWithPAR);
  assert.equal(tokens.scope, 'openid read:timesheets');
});

test('signing out goes back to the application', async () => {
  const config = await discover('web', client.ClientSecretBasic(secrets.web));
  const tokens = await authorize(config, webURI, 'openid read:timesheets');
  const url = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token, post_logout_redirect_uri: `${web}/`, state: 'bye',
  });
  const answer = await fetch(url, { redirect: 'manual' });
  assert.equal(answer.headers.get('location'), `${web}/?state=bye`);
});

test('a wrong secret', async () => {
  const config = await discover('job', client.ClientSecretBasic('wrong'));
  await assert.rejects(client.clientCredentialsGrant(config), { status: 401 });
});
