// npm's express-openid-connect, for web apps with a server: signing in by ID token and form_post, as it does unless told
// otherwise, and by code; signing out of both.
import assert from 'node:assert/strict';
import test from 'node:test';
import express from 'express';
import oidc from 'express-openid-connect';
import { arrive, openPage, signInAt } from './browser.mjs';
import { audience, call, issuer, person, secrets, serve, web } from './world.mjs';

const base = { issuerBaseURL: issuer, baseURL: web, clientID: 'web', secret: 'encrypts the app’s cookies', idpLogout: true };

/** Serves an app whose only page shows what it knows. */
async function startApp(t, config, about) {
  const app = express();
  app.use(oidc.auth({ ...base, ...config }));
  app.get('/', async (req, res) => res.json(await about(req.oidc)));
  await serve(t, web, app);
}

const shown = async (page) => JSON.parse(await page.innerText('body'));

/** Signs out at the app, and finds that the server knows nobody either: the app, which asks it again, gets its sign-in page. */
async function signOut(page, path = 'oidc/logout', back = 'post_logout_redirect_uri') {
  const left = page.waitForRequest((request) => request.url().startsWith(`${issuer}${path}?`));
  await page.goto(`${web}/logout`);
  assert.equal(new URL((await left).url()).searchParams.get(back), web);
  await arrive(page, (url) => url.href.startsWith(`${issuer}login?`));
}

test('by ID token and form_post', async (t) => {
  await startApp(t, {}, ({ user }) => user);
  const page = await openPage(t);
  await page.goto(web);
  await signInAt(page, web, person);
  assert.equal((await shown(page)).email, person.email);
  await signOut(page);
});

test('signing out as at Auth0', async (t) => {
  await startApp(t, { auth0Logout: true }, ({ user }) => user);
  const page = await openPage(t);
  await page.goto(web);
  await signInAt(page, web, person);
  await signOut(page, 'v2/logout', 'returnTo');
});

test('looking without a page whether somebody is signed in', async (t) => {
  await startApp(t, { authRequired: false, attemptSilentLogin: true }, ({ user }) => user ?? 'nobody');
  const page = await openPage(t);
  await page.goto(web);
  await page.waitForFunction(() => document.body.innerText === '"nobody"');
  await page.goto(`${web}/login`);
  await signInAt(page, web, person);
  await page.context().clearCookies({ name: 'appSession' });
  await page.context().clearCookies({ name: 'skipSilentLogin' });
  await page.goto(web);
  await page.waitForFunction((email) => document.body.innerText.includes(email), person.email);
});

for (const [name, more] of Object.entries({
  'by code': {},
  'by code and form_post': { authorizationParams: { response_mode: 'form_post' } },
  'by code and a pushed request': { pushedAuthorizationRequests: true },
  'by code, with the secret in the body': { clientAuthMethod: 'client_secret_post' },
})) {
  test(name, async (t) => {
    const scope = 'openid profile email offline_access read:timesheets';
    await startApp(t, {
      clientSecret: secrets.web, ...more,
      authorizationParams: { response_type: 'code', scope, audience, ...more.authorizationParams },
    }, async ({ user, accessToken }) => {
      const before = await call(accessToken.access_token, 'timesheets');
      const next = await accessToken.refresh();
      const after = await call(next.access_token, 'timesheets');
      return { user, statuses: [before.status, after.status], renewed: next.access_token !== accessToken.access_token };
    });
    const page = await openPage(t);
    await page.goto(web);
    await signInAt(page, web, person);
    const { user, statuses, renewed } = await shown(page);
    assert.deepEqual([user.email, ...statuses, renewed], [person.email, 200, 200, true]);
    await signOut(page);
  });
}
