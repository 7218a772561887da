// Writes who the clients of this folder are: punchcard.yaml, which Punchcard is provisioned with, and apps.json, which
// world.mjs reads. Every run has keys and ports of its own. Usage: node provision.mjs FOLDER SIGNING_ALG FILE.mjs…, with the
// algorithm of access tokens and the clients that will run.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';

const [folder, signingAlg, ...files] = process.argv.slice(2);
const secret = () => randomBytes(24).toString('base64url');

/** A port that is free at this moment. */
function port() {
  return new Promise((found) => {
    const server = createServer().listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

const audience = 'https://api.example.test/timesheets';
const person = { email: 'ada@example.test', password: secret() };
const administrator = { email: 'root@example.test', password: secret() };
const key = await generateKeyPair('ES256', { extractable: true });
const privateKey = { ...(await exportJWK(key.privateKey)), alg: 'ES256', kid: 'of-this-run' };
const { d, ...publicKey } = privateKey;
const web = `https://localhost:${await port()}`, spa = `https://localhost:${await port()}`;
const logoutReceiver = `http://localhost:${await port()}/`, hooks = `http://localhost:${await port()}/hooks`;

const scopes = ['openid', 'profile', 'email', 'offline_access', 'read:timesheets', 'create:timesheets'];
const grants = [{ audience, scopes: ['read:timesheets'] }];
const document = readFileSync(new URL('../../web/management.yaml', import.meta.url), 'utf8');
const administration = [...new Set([...document.matchAll(/oauth2: \["([a-z_:]+)"\]/g)].map(([, scope]) => scope))];
const clients = [
  { client_id: 'phone', type: 'native', redirect_uris: ['http://127.0.0.1/callback'], scopes, skip_consent: true },
  {
    client_id: 'console', type: 'native', redirect_uris: ['http://127.0.0.1/callback'], skip_consent: true,
    scopes: ['openid', 'read:timesheets', 'create:timesheets', 'delete:timesheets', 'approve:timesheets'],
  },
  {
    client_id: 'web', type: 'web', client_secret: secret(), scopes,
    redirect_uris: [`${web}/callback`], logout_uris: [web, `${web}/`],
  },
  { client_id: 'spa', type: 'spa', redirect_uris: [`${spa}/`], logout_uris: [`${spa}/`], web_origins: [spa], scopes },
  { client_id: 'job', type: 'machine', client_secret: secret(), grants },
  { client_id: 'operator', type: 'machine', client_secret: secret(), grants: [{ audience: 'management', scopes: administration }] },
  { client_id: 'signer', type: 'machine', jwks: { keys: [publicKey] }, grants },
];
if (files.includes('back-channel.mjs')) clients.find((c) => c.client_id === 'web').backchannel_logout_uri = logoutReceiver;

// JSON is YAML.
writeFileSync(join(folder, 'punchcard.yaml'), JSON.stringify({
  organization: { name: 'Example' }, api: { audience, signing_alg: signingAlg },
  users: [
    { name: 'Ada Lovelace', ...person, roles: ['employee'] }, { name: 'Root Admin', ...administrator, roles: ['admin'] },
  ],
  clients, projects: [{ name: 'StoreZero' }],
}, null, 1));
writeFileSync(join(folder, 'apps.json'), JSON.stringify({
  audience, signingAlg, person, administrator, web, spa, logoutReceiver, hooks, privateKey,
  secrets: Object.fromEntries(clients.map((c) => [c.client_id, c.client_secret])),
}));
