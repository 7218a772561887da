// npm's @openid/appauth, in the flavour for Node: it opens the browser, waits on a loopback address for the code (RFC 8252
// §7.3), and exchanges it with PKCE.
import assert from 'node:assert/strict';
import { register } from 'node:module';
import { createServer } from 'node:net';
import test from 'node:test';
import { call, issuer, personSignsIn } from './world.mjs';

// Two things that a bundler does for this library: its modules import each other without .js, and what opens the browser of
// a desktop is another thing here, where the person is at world.mjs.
register(`data:text/javascript,${encodeURIComponent(`
export async function resolve(specifier, context, next) {
  const opener = 'data:text/javascript,export default (url) => globalThis.openBrowser(url)';
  if (specifier === 'opener') return { url: opener, shortCircuit: true };
  const bare = context.parentURL?.includes('/@openid/appauth/') && specifier.startsWith('.') && !specifier.endsWith('.js');
  return next(bare ? specifier + '.js' : specifier, context);
}`)}`);
(await import('@openid/appauth/built/src/flags.js')).setFlag('IS_LOG', false);
const appauth = await import('@openid/appauth');
const { NodeBasedHandler, NodeCrypto, NodeRequestor } = await import('@openid/appauth/built/src/node_support/index.js');

const freePort = () => new Promise((found) => {
  const server = createServer().listen(0, () => { const { port } = server.address(); server.close(() => found(port)); });
});

test('a native app on a loopback address: code + PKCE, refresh, revoke', async () => {
  const requestor = new NodeRequestor(), tokens = new appauth.BaseTokenRequestHandler(requestor);
  const server = await appauth.AuthorizationServiceConfiguration.fetchFromIssuer(issuer.replace(/\/$/, ''), requestor);
  const port = await freePort(), redirect_uri = `http://127.0.0.1:${port}/callback`;
  globalThis.openBrowser = async (url) => { await fetch(await personSignsIn(url)); };

  const handler = new NodeBasedHandler(port), notifier = new appauth.AuthorizationNotifier();
  handler.setAuthorizationNotifier(notifier);
  const answered = new Promise((resolve, reject) => {
    notifier.setAuthorizationListener((request, response, e) => (e ? reject(e) : resolve({ request, response })));
  });
  handler.performAuthorizationRequest(server, new appauth.AuthorizationRequest({
    client_id: 'phone', redirect_uri, scope: 'openid offline_access read:timesheets', response_type: 'code',
  }, new NodeCrypto()));
  const { request, response } = await answered;

  const client = { client_id: 'phone', redirect_uri };
  const ask = (grant) => tokens.performTokenRequest(server, new appauth.TokenRequest({ ...client, ...grant }));
  const { code_verifier } = request.internal;
  const first = await ask({ grant_type: 'authorization_code', code: response.code, extras: { code_verifier } });
  assert.equal((await call(first.accessToken, 'timesheets')).status, 200);
  const next = await ask({ grant_type: 'refresh_token', refresh_token: first.refreshToken });
  assert.notEqual(next.refreshToken, first.refreshToken);

  const revocation = new appauth.RevokeTokenRequest({ client_id: 'phone', token: next.refreshToken });
  await tokens.performRevokeTokenRequest(server, revocation);
  assert.equal((await call(next.accessToken, 'timesheets')).status, 401);
  await assert.rejects(ask({ grant_type: 'refresh_token', refresh_token: next.refreshToken }));
});
