// A person in front of a real browser, Chromium. Of certificates that nobody knows it trusts one by its key: $TLS_PIN names it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

let running;
after(async () => (await running)?.close());

function start() {
  const args = ['--disable-background-networking', '--disable-gpu'];
  if (process.env.TLS_PIN) args.push(`--ignore-certificate-errors-spki-list=${process.env.TLS_PIN}`);
  const executablePath = execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  return chromium.launch({ executablePath, chromiumSandbox: false, args });
}

/** Opens a page in a browser profile of its own, until the test ends. What its scripts throw fails the test. */
export async function openPage(test) {
  const browser = await (running ??= start());
  const profile = await browser.newContext(), thrown = [];
  profile.setDefaultTimeout(15_000);
  const page = await profile.newPage();
  page.on('pageerror', (e) => thrown.push(e.message));
  test.after(async () => { await profile.close(); assert.deepEqual(thrown, []); });
  return page;
}

/** Waits until the page is at an address, and tells where it is if it doesn't come there. */
export async function arrive(page, at) {
  await page.waitForURL(at).catch(async (e) => {
    if (page.isClosed()) throw e;
    throw new Error(`the page is still at ${page.url()}: ${(await page.innerText('body')).slice(0, 500)}`, { cause: e });
  });
}

/** Signs in where the application sent the browser to, allows what is asked, and waits for the application's page. */
export async function signInAt(page, application, { email, password }) {
  await arrive(page, (url) => url.pathname === '/login' && url.origin !== application);
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.click('button.primary');
  await arrive(page, (url) => url.origin === application || url.pathname === '/consent');
  if (new URL(page.url()).origin !== application) {
    await page.click('button[value=allow]');
    await arrive(page, (url) => url.origin === application);
  }
}
