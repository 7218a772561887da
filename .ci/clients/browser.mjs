// A person in front of a real browser, Chromium, which trusts the certificate of this run by its key.
import { execFileSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { issuer, person } from './world.mjs';

/** Opens a page in a browser profile of its own, until the test ends. What its scripts throw fails the test. */
export async function openPage(test) {
  const browser = await chromium.launch({
    executablePath: execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(), chromiumSandbox: false,
    args: [`--ignore-certificate-errors-spki-list=${process.env.TLS_PIN}`, '--disable-background-networking', '--disable-gpu'],
  });
  const page = await browser.newPage(), thrown = [];
  page.on('pageerror', (e) => thrown.push(e.message));
  page.setDefaultTimeout(15_000);
  test.after(async () => { await browser.close(); assert.deepEqual(thrown, []); });
  return page;
}

/** Signs in at the page that the application sent the browser to, allows what is asked, and waits for the application's page. */
export async function signInAt(page, application) {
  await page.waitForURL(`${issuer}login*`);
  await page.fill('#email', person.email);
  await page.fill('#password', person.password);
  await page.click('button.primary');
  await page.waitForURL((url) => url.origin === application || url.pathname === '/consent');
  if (page.url().startsWith(issuer)) {
    await page.click('button[value=allow]');
    await page.waitForURL((url) => url.origin === application);
  }
}
