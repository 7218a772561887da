// Does what the README's "Connect your app" says, with the files as they stand there, while the demo runs.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { arrive, openPage, signInAt } from './browser.mjs';
import { signIn } from './person.mjs';

const repository = join(import.meta.dirname, '../..');
const text = (name) => readFileSync(join(repository, name), 'utf8');
const [, password] = /with the password: (.*)/.exec(readFileSync(process.env.DEMO, 'utf8'));
const person = { email: 'ada@exampleco.com', password };

const section = text('README.md').split(/^## /m).find((s) => s.startsWith('Connect your app\n'));
const blocks = [...section.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)]
  .map(([, language, name, content]) => ({ language, name, content }));

const folder = mkdtempSync(join(tmpdir(), 'connect-'));
symlinkSync(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules'));
after(() => rmSync(folder, { recursive: true }));

/** Saves one of the README's files in the folder, as it says. */
function save(name) {
  const path = join(folder, name);
  writeFileSync(path, blocks.find((b) => b.name === name).content);
  return path;
}

/** Starts a program, and gives what it prints, a line at a time. */
async function* linesOf(t, command, ...args) {
  const program = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => program.kill());
  let rest = '';
  for await (const chunk of program.stdout.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest) yield rest;
}

test('the demo has the applications as they are shown', () => {
  const shown = blocks.filter((b) => b.language === 'yaml');
  assert.equal(shown.length, 4);
  for (const { content } of shown) assert.ok(text('demo.yaml').includes(content.replace(/^(?=.)/gm, '  ')), content);
});

test('a native app', async (t) => {
  const program = join(folder, 'native');
  const source = save('native.go');
  assert.equal(execFileSync('gofmt', ['-l', source], { encoding: 'utf8' }), '');
  execFileSync('go', ['build', '-o', program, source], { cwd: repository, stdio: 'inherit' });
  const lines = linesOf(t, program);
  const { value } = await lines.next();
  await fetch(await signIn(value.replace('Sign in at ', ''), person.email, person.password));
  assert.equal(JSON.parse((await lines.next()).value).length, 2);
});

test('a single-page app', async (t) => {
  const index = save('index.html');
  const server = createServer((request, response) => {
    const script = request.url.startsWith('/node_modules/');
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    createReadStream(script ? join(folder, request.url) : index).pipe(response);
  });
  await new Promise((listening) => server.listen(3000, 'localhost', listening));
  t.after(() => { server.close(); server.closeAllConnections(); });

  const page = await openPage(t);
  await page.goto('http://localhost:3000/');
  await page.click('text=Sign in');
  await signInAt(page, 'http://localhost:3000', person);
  await page.waitForSelector('text=Ada Lovelace');
  await page.goto('http://localhost:3000/'); // once more, she is known without being asked
  await page.waitForSelector('text=Ada Lovelace');
  await page.click('text=Sign out');
  await arrive(page, 'http://localhost:3000/');
});

test('a web app with a server', async (t) => {
  for await (const line of linesOf(t, process.execPath, save('server.mjs'))) if (line.includes('localhost:4000')) break;
  const page = await openPage(t);
  await page.goto('http://localhost:4000/');
  await signInAt(page, 'http://localhost:4000', person);
  const { name, timesheets } = JSON.parse(await page.innerText('body'));
  assert.deepEqual([name, timesheets.length], ['Ada Lovelace', 2]);
  await page.goto('http://localhost:4000/logout');
  await arrive(page, 'http://localhost:8080/login*'); // the app has nobody, and asks again
});

test('a machine', async () => {
  const answer = execFileSync('bash', ['-euo', 'pipefail', save('machine.sh')], { cwd: folder, encoding: 'utf8' });
  assert.equal(JSON.parse(answer).length, 2);
});
