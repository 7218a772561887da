// Where the clients of this folder find themselves: the server, the person who signs in, and who they are themselves, as
// provision.mjs wrote it down.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { allow, signIn } from './person.mjs';

export const issuer = process.env.ISSUER;
export const {
  audience, signingAlg, person, administrator, web, spa, logoutReceiver, hooks, privateKey, secrets,
} = JSON.parse(readFileSync(process.env.APPS));

/** Calls the API with a bearer token. */
export function call(token, path, init = {}) {
  return fetch(new URL(path, issuer), { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
}

/** The person signs in at an authorization URL and allows what is asked. Gives the URL that the application is sent to. */
export const personSignsIn = (url) => signIn(url, person.email, person.password);

/** The person goes to a device's link and allows what is asked. Gives the last page. */
export const personAllows = (url) => allow(url, person.email, person.password);

/** Serves an application at its origin, https://localhost:PORT, until the test ends. */
export async function serve(test, origin, handler) {
  const server = createServer({ cert: readFileSync(process.env.TLS_CERT), key: readFileSync(process.env.TLS_KEY) }, handler);
  await new Promise((listening) => server.listen(new URL(origin).port, 'localhost', listening));
  test.after(() => { server.close(); server.closeAllConnections(); });
}
