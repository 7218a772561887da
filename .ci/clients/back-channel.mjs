// A web app that is told, from server to server, when a session ends (OpenID Connect Back-Channel Logout 1.0). It validates
// the logout token with npm's jose as §2.6 lists it. App and server, which is at http://localhost, are on the same machine.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { issuer, logoutReceiver, personSignsIn, secrets, web } from './world.mjs';

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** Validates a logout token, and gives what it says. */
async function validated(token, jwksURI) {
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(jwksURI)), {
    issuer, audience: 'web', typ: 'logout+jwt', algorithms: ['RS256'], maxTokenAge: '2 minutes',
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  });
  assert.deepEqual(payload.events[event], {});
  assert.equal(payload.nonce, undefined);
  return payload;
}

test('a session that ends', { timeout: 20_000 }, async (t) => {
  const receiver = createServer(async (request, response) => {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    receiver.emit('told', request.method, request.headers['content-type'], form);
    response.setHeader('cache-control', 'no-store').end();
  }).listen(new URL(logoutReceiver).port, 'localhost');
  await once(receiver, 'listening');
  t.after(() => { receiver.close(); receiver.closeAllConnections(); });

  const config = await client.discovery(new URL(issuer), 'web', undefined, client.ClientSecretBasic(secrets.web), {
    execute: [client.allowInsecureRequests],
  });
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: `${web}/callback`, scope: 'openid', code_challenge_method: 'S256',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
  });
  const tokens = await client.authorizationCodeGrant(config, await personSignsIn(url), { pkceCodeVerifier: verifier });
  const { sub, sid } = tokens.claims();

  const told = once(receiver, 'told');
  const { end_session_endpoint, jwks_uri } = config.serverMetadata();
  const body = new URLSearchParams({ id_token_hint: tokens.id_token });
  assert.equal((await fetch(end_session_endpoint, { method: 'POST', body })).status, 200);
  const [method, type, form] = await told;
  assert.deepEqual([method, type], ['POST', 'application/x-www-form-urlencoded']);
  const logout = await validated(form.get('logout_token'), jwks_uri);
  assert.deepEqual([logout.sub, logout.sid], [sub, sid]);
});
