// npm's auth0, the AuthenticationClient of a server: code + PKCE with its own check of the ID token, refresh, revocation
// (which it sends as JSON), client credentials by secret and by key, pushed requests, UserInfo.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import test from 'node:test';
import { AuthenticationClient, UserInfoClient } from 'auth0';
import { exportPKCS8, importJWK } from 'jose';
import { audience, call, issuer, person, personSignsIn, privateKey, secrets, web } from './world.mjs';

const domain = new URL(issuer).host, redirect_uri = `${web}/callback`;
const app = new AuthenticationClient({ domain, clientId: 'web', clientSecret: secrets.web });

function request(nonce) {
  const verifier = randomBytes(32).toString('base64url');
  return [verifier, {
    client_id: 'web', response_type: 'code', redirect_uri, audience, nonce, state: 's',
    scope: 'openid email offline_access read:timesheets',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  }];
}

async function authorize(parameters) {
  const answer = await personSignsIn(`${issuer}authorize?${new URLSearchParams(parameters)}`);
  return answer.searchParams.get('code');
}

test('code + PKCE, UserInfo, refresh, revoke', async () => {
  const [code_verifier, parameters] = request('n-0S6_WzA2Mj');
  const code = await authorize(parameters);
  const { data: tokens } = await app.oauth.authorizationCodeGrantWithPKCE({ code, code_verifier, redirect_uri }, {
    idTokenValidateOptions: { nonce: 'n-0S6_WzA2Mj', maxAge: 600 },
  });
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
  const { data: info } = await new UserInfoClient({ domain }).getUserInfo(tokens.access_token);
  assert.equal(info.email, person.email);

  const { data: next } = await app.oauth.refreshTokenGrant({ refresh_token: tokens.refresh_token });
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  await app.oauth.revokeRefreshToken({ token: next.refresh_token });
  await assert.rejects(app.oauth.refreshTokenGrant({ refresh_token: next.refresh_token }), { error: 'invalid_grant' });
  assert.equal((await call(next.access_token, 'timesheets')).status, 401);
});

test('a code with another verifier', async () => {
  const [, parameters] = request('n');
  const code = await authorize(parameters);
  const thief = app.oauth.authorizationCodeGrantWithPKCE({ code, code_verifier: 'x'.repeat(43), redirect_uri });
  await assert.rejects(thief, { error: 'invalid_grant' });
});

test('a pushed request', async () => {
  const [code_verifier, parameters] = request('n');
  const { data: pushed } = await app.oauth.pushedAuthorization(parameters);
  const code = await authorize({ client_id: 'web', request_uri: pushed.request_uri });
  const { data: tokens } = await app.oauth.authorizationCodeGrantWithPKCE({ code, code_verifier, redirect_uri }, {
    idTokenValidateOptions: { nonce: 'n' },
  });
  assert.ok(tokens.refresh_token);
});

test('client credentials by secret', async () => {
  const job = new AuthenticationClient({ domain, clientId: 'job', clientSecret: secrets.job });
  const { data: tokens } = await job.oauth.clientCredentialsGrant({ audience });
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
  const elsewhere = job.oauth.clientCredentialsGrant({ audience: 'https://elsewhere.example.test/' });
  await assert.rejects(elsewhere, { error: 'invalid_target' });
  const wrong = new AuthenticationClient({ domain, clientId: 'job', clientSecret: 'wrong' });
  await assert.rejects(wrong.oauth.clientCredentialsGrant({ audience }), { error: 'invalid_client' });
});

test('client credentials by key', async () => {
  const clientAssertionSigningKey = await exportPKCS8(await importJWK(privateKey, 'ES256', { extractable: true }));
  const signer = new AuthenticationClient({
    domain, clientId: 'signer', clientAssertionSigningKey, clientAssertionSigningAlg: 'ES256',
  });
  const { data: tokens } = await signer.oauth.clientCredentialsGrant({ audience });
  assert.equal((await call(tokens.access_token, 'timesheets')).status, 200);
});
