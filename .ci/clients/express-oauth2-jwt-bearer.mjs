// npm's express-oauth2-jwt-bearer, which guards somebody's own API: it takes this server's access tokens by the profile of
// RFC 9068 and by their scope, and nothing else of the server. Told the issuer alone, it takes no algorithm but those of ID
// tokens: the API needs signing_alg RS256. Told where the keys are, it takes every algorithm that there is.
import assert from 'node:assert/strict';
import test from 'node:test';
import express from 'express';
import jwtBearer from 'express-oauth2-jwt-bearer';
import * as client from 'openid-client';
import { audience, issuer, personSignsIn, secrets, serve, signingAlg, web } from './world.mjs';

async function tokensOfPerson() {
  const config = await client.discovery(new URL(issuer), 'phone', undefined, client.None());
  const verifier = client.randomPKCECodeVerifier();
  const answer = await personSignsIn(client.buildAuthorizationUrl(config, {
    redirect_uri: 'http://127.0.0.1:54321/callback', scope: 'openid read:timesheets', code_challenge_method: 'S256',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
  }));
  return client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier });
}

const where = { issuerBaseURL: issuer };

test(`an API of somebody's own, with tokens by ${signingAlg}`, async (t) => {
  const { auth, requiredScopes } = jwtBearer;
  const api = express();
  api.use(auth({ ...where, audience, strict: true }));
  api.get('/hours', requiredScopes('read:timesheets'), (req, res) => res.json(req.auth.payload));
  api.get('/approvals', requiredScopes('approve:timesheets'), (req, res) => res.end());
  api.use((err, req, res, next) => res.set(err.headers).status(err.status).end());
  await serve(t, web, api);
  const get = (path, token) => fetch(web + path, { headers: token ? { authorization: `Bearer ${token}` } : {} });

  const config = await client.discovery(new URL(issuer), 'job', undefined, client.ClientSecretBasic(secrets.job));
  const machine = await client.clientCredentialsGrant(config, { audience });
  const person = await tokensOfPerson();
  for (const [subject, token] of [['job', machine.access_token], [person.claims().sub, person.access_token]]) {
    const answer = await get('/hours', token);
    assert.equal(answer.status, 200);
    assert.ok((await answer.json()).sub.startsWith(subject));
    assert.equal((await get('/approvals', token)).status, 403);
  }
  const [header, payload, signature] = machine.access_token.split('.');
  const forged = [header, Buffer.from(payload, 'base64url').toString().replace('read:', 'approve:'), signature];
  forged[1] = Buffer.from(forged[1]).toString('base64url');
  const refused = { none: undefined, 'an ID token': person.id_token, forged: forged.join('.') };
  for (const [name, token] of Object.entries(refused)) {
    assert.equal((await get('/approvals', token)).status, 401, name);
  }
});
