// npm's oauth4webapi, on which other libraries are built and which validates every answer: that of the browser, the ID token
// and its signature, DPoP with its nonce, UserInfo, refresh, and the JWT that an API is called with (RFC 9068).
import assert from 'node:assert/strict';
import test from 'node:test';
import * as oauth from 'oauth4webapi';
import { audience, issuer, person, personSignsIn } from './world.mjs';

const client = { client_id: 'phone' }, redirectURI = 'http://127.0.0.1:54321/callback';
const url = new URL(issuer);
const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url));

/** Sends a request twice where the first answer gave a nonce to prove the key with (RFC 9449 §8). */
async function withNonce(send, process) {
  try {
    return await process(await send());
  } catch (e) {
    if (!oauth.isDPoPNonceError(e)) throw e;
    return process(await send());
  }
}

test('code + PKCE + DPoP, with everything validated', async () => {
  const key = await oauth.generateKeyPair('ES256'), DPoP = oauth.DPoP(client, key);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState(), nonce = oauth.generateRandomNonce();
  const ask = new URL(as.authorization_endpoint);
  for (const [name, value] of Object.entries({
    client_id: client.client_id, response_type: 'code', redirect_uri: redirectURI, state, nonce, max_age: '600',
    scope: 'openid email offline_access read:timesheets',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    dpop_jkt: await DPoP.calculateThumbprint(),
  })) ask.searchParams.set(name, value);
  const back = await personSignsIn(ask);
  const forged = new URL(back);
  forged.searchParams.set('iss', 'https://evil.example/');
  assert.throws(() => oauth.validateAuthResponse(as, client, forged, state), /iss/);
  const answer = oauth.validateAuthResponse(as, client, back, state);

  const tokens = await withNonce(
    () => oauth.authorizationCodeGrantRequest(as, client, oauth.None(), answer, redirectURI, verifier, { DPoP }),
    async (response) => {
      const expected = { expectedNonce: nonce, maxAge: 600, requireIdToken: true };
      const result = await oauth.processAuthorizationCodeResponse(as, client, response, expected);
      await oauth.validateApplicationLevelSignature(as, response);
      return result;
    });
  assert.equal(tokens.token_type, 'dpop');
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);

  const info = await withNonce(
    () => oauth.userInfoRequest(as, client, tokens.access_token, { DPoP }),
    (response) => oauth.processUserInfoResponse(as, client, sub, response));
  assert.equal(info.email, person.email);

  // an API of somebody's own, which looks at the call as this one does
  const proof = {};
  await withNonce(
    () => oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL('timesheets', issuer), undefined, undefined, {
      DPoP, [oauth.customFetch]: (to, init) => { proof.request = new Request(to, init); return fetch(to, init); },
    }), (response) => assert.equal(response.status, 200));
  const claims = await oauth.validateJwtAccessToken(as, proof.request, audience, { requireDPoP: true });
  assert.deepEqual([claims.sub, claims.client_id, claims.scope], [sub, 'phone', 'openid email offline_access read:timesheets']);

  const next = await withNonce(
    () => oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token, { DPoP }),
    (response) => oauth.processRefreshTokenResponse(as, client, response));
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, oauth.None(), next.refresh_token));
  await assert.rejects(
    withNonce(() => oauth.refreshTokenGrantRequest(as, client, oauth.None(), next.refresh_token, { DPoP }),
      (response) => oauth.processRefreshTokenResponse(as, client, response)), { error: 'invalid_grant' });
});
