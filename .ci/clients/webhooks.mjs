// A receiver of webhooks that checks their signatures with npm's standardwebhooks. Receiver and server, which is at
// http://localhost, are on the same machine.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test from 'node:test';
import * as client from 'openid-client';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { administrator, call, hooks, issuer } from './world.mjs';
import { signIn } from './person.mjs';

/** Signs the administrator in, and gives what calls the API for them. */
async function signedIn() {
  const config = await client.discovery(new URL(issuer), 'console', undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  });
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: 'http://127.0.0.1/callback', code_challenge_method: 'S256',
    scope: 'read:timesheets create:timesheets delete:timesheets approve:timesheets',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
  });
  const back = await signIn(url, administrator.email, administrator.password);
  const { access_token } = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier });
  return async (method, path, body, headers = {}) => {
    const answer = await call(access_token, path, {
      method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers },
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  };
}

test('an entry is deleted', { timeout: 30_000 }, async (t) => {
  const answers = [503];
  const receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    response.writeHead(answers.shift() ?? 204).end();
    receiver.emit('told', body, request.headers);
  }).listen(new URL(hooks).port, 'localhost');
  await once(receiver, 'listening');
  t.after(() => { receiver.close(); receiver.closeAllConnections(); });

  const ask = await signedIn();
  const first = once(receiver, 'told');
  const { secret } = await ask('POST', '/webhooks', { url: hooks, events: ['timesheet.deleted'] });
  const [project] = await ask('GET', '/projects');
  const entry = await ask('POST', '/timesheets', { date: '2026-01-05', minutes: 90, project_id: project.id, note: 'Übung' });
  await ask('DELETE', `/timesheets/${entry.id}`);

  const webhook = new Webhook(secret);
  const [failedBody, failedHeaders] = await first;
  const [body, headers] = await once(receiver, 'told'); // again, since the first answer was 503
  assert.equal(headers['webhook-id'], failedHeaders['webhook-id']);
  assert.equal(body, failedBody);
  const told = webhook.verify(body, headers);
  assert.equal(told.type, 'timesheet.deleted');
  assert.equal(told.data.object, entry.id);
  assert.deepEqual([told.data.before.minutes, told.data.before.note, told.data.after], [90, 'Übung', null]);
  assert.throws(() => webhook.verify(body.replace('90', '91'), headers), WebhookVerificationError);
  assert.throws(() => new Webhook(`whsec_${btoa('another')}`).verify(body, headers), WebhookVerificationError);
});
