// npm's @auth0/auth0-spa-js in Chromium, in a page of another origin: signing in by redirect and in a window of its own,
// renewing by refresh token and in a hidden frame, calling the API from the page, DPoP, signing out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { arrive, openPage, signInAt } from './browser.mjs';
import { audience, issuer, person, serve, spa } from './world.mjs';

const library = readFileSync(new URL('node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.esm.js', import.meta.url));

/** Serves the page and opens it, with a client of the library in it. */
async function startApp(t, options) {
  const scope = 'openid email read:timesheets', authorizationParams = { redirect_uri: `${spa}/`, audience, scope };
  const all = { domain: issuer.replace(/\/$/, ''), clientId: 'spa', authorizationParams, ...options };
  const page = `<!doctype html><link rel="icon" href="data:,"><title>App</title><script type="module">
    import * as library from '/library.js';
    window.client = new library.Auth0Client(${JSON.stringify(all)});
    if (new URLSearchParams(location.search).has('code')) {
      await client.handleRedirectCallback();
      history.replaceState({}, '', '/');
    }
    document.title = 'ready';
  </script>`;
  await serve(t, spa, (req, res) => {
    const script = req.url === '/library.js';
    res.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    res.end(script ? library : page);
  });
  return openPage(t);
}

const ready = (page) => page.waitForFunction(() => document.title === 'ready');

async function signIn(page) {
  await page.goto(spa);
  await ready(page);
  await page.evaluate(() => void client.loginWithRedirect());
  await signInAt(page, spa, person);
  await ready(page);
  assert.equal((await page.evaluate(() => client.getUser())).email, person.email);
}

/** The status of a call from the page, which another origin's server must have allowed it to read. */
const callFromPage = (page, token) => page.evaluate(async ([url, token]) => (
  (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status), [`${issuer}timesheets`, token]);

const renew = (page) => page.evaluate(() => client.getTokenSilently({ cacheMode: 'off' }));
const failure = (page) => page.evaluate(() => (
  client.getTokenSilently({ cacheMode: 'off' }).then(() => 'a token', (e) => e.error)));

async function signOut(page) {
  await page.evaluate(() => void client.logout({ logoutParams: { returnTo: `${location.origin}/` } }));
  await arrive(page, `${spa}/`);
  await ready(page);
}

for (const [name, options, kind] of [
  ['by refresh token', { useRefreshTokens: true }, 'refresh_token'],
  ['by refresh token, kept over a reload', { useRefreshTokens: true, cacheLocation: 'localstorage' }, 'refresh_token'],
  ['in a hidden frame', {}, 'authorization_code'],
]) {
  test(`renewing ${name}`, async (t) => {
    const page = await startApp(t, options);
    await signIn(page);
    const first = await page.evaluate(() => client.getTokenSilently());
    assert.equal(await callFromPage(page, first), 200);
    if (options.cacheLocation) { await page.reload(); await ready(page); }

    const asked = page.context().waitForEvent('request', (r) => r.url() === `${issuer}oauth/token` && r.method() === 'POST');
    const next = await renew(page);
    assert.equal(new URLSearchParams((await asked).postData()).get('grant_type'), kind);
    assert.notEqual(next, first);
    assert.equal(await callFromPage(page, next), 200);

    await signOut(page);
    assert.equal(await callFromPage(page, next), 401);
    assert.match(await failure(page), /login_required|missing_refresh_token/);
  });
}

test('a new page of somebody who is signed in already', async (t) => {
  const page = await startApp(t, {});
  await signIn(page);
  await page.goto(spa); // what was in memory is gone
  await ready(page);
  assert.equal(await page.evaluate(() => client.isAuthenticated()), false);
  await page.evaluate(() => client.checkSession());
  assert.equal((await page.evaluate(() => client.getUser())).email, person.email);
});

test('signing in in a window of its own', async (t) => {
  const page = await startApp(t, {});
  await page.goto(spa);
  await ready(page);
  const opened = page.waitForEvent('popup');
  const signedIn = page.evaluate(() => client.loginWithPopup().then(() => client.getUser()));
  const popup = await opened;
  await signInAt(popup, spa, person).catch((e) => { if (!popup.isClosed()) throw e; }); // it closes by itself
  assert.equal((await signedIn).email, person.email);
});

test('with a key of its own: DPoP', async (t) => {
  const page = await startApp(t, { useRefreshTokens: true, useDpop: true });
  await signIn(page);
  const { token_type } = await page.evaluate(() => client.getTokenSilently({ detailedResponse: true, cacheMode: 'off' }));
  assert.equal(token_type, 'DPoP');
  const status = await page.evaluate(async ([url, audience]) => {
    const fetcher = client.createFetcher({ dpopNonceId: 'timesheets' });
    return (await fetcher.fetchWithAuth(url, {}, { audience })).status;
  }, [`${issuer}timesheets`, audience]);
  assert.equal(status, 200);
});
