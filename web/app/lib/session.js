import * as oauth from "../vendor/oauth.js";
import { signal } from "../vendor/preact.js";
import * as vault from "./vault.js";

/**
 * The app as a public OAuth client: code with PKCE, DPoP, rotating refresh tokens (RFC 9700).
 * The DPoP key can't be taken out of the browser, and refresh tokens are bound to it: whoever copies the database has nothing
 * that works elsewhere. Access tokens stay in memory. There is one refresh token per API: "timesheets", "management".
 */
const config = document.getElementById("app").dataset;
const client = { client_id: config.client };
const redirect = config.issuer + "app/callback";
const scopes = {
  timesheets: "openid profile email offline_access read:timesheets create:timesheets delete:timesheets approve:timesheets",
  management: "openid offline_access " + config.management, // all that there is: the answer holds what the person's roles permit
};
/**
 * How many ms an answer may take to be there as a whole: a connection that hangs mustn't hold the app up, nor the locks of its tabs.
 * Files, and what reads all that there is, may take longer.
 */
const patience = 20_000;
export const forFiles = 5 * 60_000;
const plain = { signal: () => AbortSignal.timeout(patience), ...(new URL(config.issuer).protocol === "http:" && { [oauth.allowInsecureRequests]: true }) };
const anew = (url, init) => fetch(url, { ...init, cache: "no-cache" });
const access = new Map(); // API -> {token, until}
let metadata, proofs, person;

/** Whose this tab is: the sub, undefined before the first sign-in. */
export const whose = async () => (person ??= await vault.get("sub"));

/** false: who uses the app has to sign in before anything else can be done. */
export const signedIn = signal(true);

/** The other API to which there is no token any more, so that its pages can offer the sign-in again. */
export const lost = signal(null);

/** Thrown where only the sign-in page can help. */
export class SignedOut extends Error {}

/** Whether there was no answer: without a network, or since none came in time. */
export const unanswered = (e) => e instanceof TypeError || e?.name === "TimeoutError";

/** The metadata (RFC 8414). It is asked for anew, since a nonce for the first proof comes with it. */
const server = () => (metadata ??= (async () => {
  const issuer = new URL(config.issuer), [key, response] = await Promise.all([dpop(), oauth.discoveryRequest(issuer, { ...plain, [oauth.customFetch]: anew })]);
  key.cacheNonce(response, issuer);
  return oauth.processDiscoveryResponse(issuer, response);
})().catch((e) => { metadata = undefined; throw e; }));

const dpop = () => (proofs ??= navigator.locks.request("punchcard-key", async () => {
  let keys = await vault.get("key");
  if (!keys) await vault.set("key", keys = await oauth.generateKeyPair("ES256", { extractable: false }));
  return oauth.DPoP(client, keys);
}));

/** The server may ask for a nonce in the proof (RFC 9449 §8); the second call has it. */
async function proven(call) {
  try { return await call(); } catch (e) { if (!oauth.isDPoPNonceError(e)) throw e; return call(); }
}

/** Leaves for the sign-in page and comes back to where one was. maxAge in seconds asks for a fresh sign-in. */
export async function signIn({ api = "timesheets", returnTo = location.pathname + location.search, maxAge } = {}) {
  const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState(), nonce = oauth.generateRandomNonce();
  sessionStorage.setItem("sign-in", JSON.stringify({ verifier, state, nonce, returnTo, api, maxAge }));
  const to = new URL((await server()).authorization_endpoint), key = await dpop();
  to.search = new URLSearchParams({
    client_id: client.client_id, redirect_uri: redirect, response_type: "code", scope: scopes[api], state, nonce,
    ...(api === "management" && { audience: config.issuer + "api/v2/" }), ...(maxAge !== undefined && { max_age: maxAge }),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
    dpop_jkt: await key.calculateThumbprint(),
  });
  location.assign(to);
}

/** Takes the code that the browser came back with. Gives the address at which one was. */
export async function callback() {
  const begun = JSON.parse(sessionStorage.getItem("sign-in") ?? "null");
  sessionStorage.removeItem("sign-in");
  if (!begun) return "/app/";
  const as = await server(), DPoP = await dpop();
  const answer = oauth.validateAuthResponse(as, client, new URL(location.href), begun.state);
  const tokens = await proven(async () => oauth.processAuthorizationCodeResponse(as, client,
    await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), answer, redirect, begun.verifier, { DPoP, ...plain }),
    { expectedNonce: begun.nonce, requireIdToken: true, ...(begun.maxAge !== undefined && { maxAge: begun.maxAge }) }));
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  await navigator.locks.request("punchcard-refresh", async () => { // no tab gets a token for the person before meanwhile
    if (await vault.get("sub") !== sub) await vault.handOver(); // whose tokens must not be this one's
    await keep(begun.api, tokens);
    await vault.set("sub", person = sub);
    await vault.set("hint", tokens.id_token); // for signing out without being asked who
  });
  signedIn.value = true;
  tabs.postMessage(sub);
  return begun.returnTo;
}
/** Who signs in in one tab needn't do so in the others. */
const tabs = new BroadcastChannel("punchcard-session");
tabs.onmessage = async ({ data: sub }) => { if (sub === await whose()) { signedIn.value = true; lost.value = null; } };

async function keep(api, tokens) {
  access.set(api, { token: tokens.access_token, until: Date.now() + (tokens.expires_in - 15) * 1000 });
  if (tokens.refresh_token) await vault.set("refresh-" + api, tokens.refresh_token);
}

/** One tab at a time: two that redeem the same token would look like a thief and the owner. */
const refresh = (api, spent) => navigator.locks.request("punchcard-refresh", async () => {
  const known = access.get(api);
  if (known && known.token !== spent && known.until > Date.now()) return known.token;
  const token = await vault.get("refresh-" + api);
  if (!token || await vault.get("sub") !== await whose()) throw new SignedOut();
  const as = await server(), DPoP = await dpop();
  try {
    await keep(api, await proven(async () => oauth.processRefreshTokenResponse(as, client,
      await oauth.refreshTokenGrantRequest(as, client, oauth.None(), token, { DPoP, ...plain }))));
  } catch (e) {
    if (!(e instanceof oauth.ResponseBodyError) || e.error !== "invalid_grant") throw e;
    await vault.remove("refresh-" + api);
    throw new SignedOut();
  }
  return access.get(api).token;
});

/** A token for an API that holds on for now. Throws SignedOut where the person has to sign in for it. */
export async function tokenFor(api) {
  const known = access.get(api);
  return known?.until > Date.now() ? known.token : refresh(api, known?.token);
}

/** Calls an API with a token and its proof. Gives the Response, whatever its status; throws SignedOut, or what is unanswered(). */
export async function request(path, { method = "GET", body, headers, api = "timesheets", signal: aborted, within = body instanceof Blob ? forFiles : patience } = {}) {
  try {
    let token = await tokenFor(api);
    const DPoP = await dpop(), url = new URL(path, config.issuer);
    const once = async () => {
      try {
        return await oauth.protectedResourceRequest(token, method, url, new Headers(headers), body, { DPoP, ...plain, signal: AbortSignal.any([AbortSignal.timeout(within), ...(aborted ? [aborted] : [])]) });
      } catch (e) {
        if (e instanceof oauth.WWWAuthenticateChallengeError && !oauth.isDPoPNonceError(e)) return e.response;
        throw e;
      }
    };
    const response = await proven(once);
    if (response.status !== 401 || /insufficient_user_authentication/.test(response.headers.get("WWW-Authenticate"))) return response;
    token = await refresh(api, token);
    const again = await proven(once);
    if (again.status === 401 && !/insufficient_user_authentication/.test(again.headers.get("WWW-Authenticate"))) throw new SignedOut();
    return again;
  } catch (e) {
    if (e instanceof SignedOut && api === "timesheets") signedIn.value = false;
    else if (e instanceof SignedOut) lost.value = api;
    throw e;
  }
}

/** Ends it here and at the server. What was not sent yet is lost, so ask before. */
export async function signOut() {
  const as = await server();
  for (const api of Object.keys(scopes)) {
    const token = await vault.get("refresh-" + api);
    if (token) await oauth.revocationRequest(as, client, oauth.None(), token, plain).catch(() => {});
  }
  const hint = await vault.get("hint");
  await vault.clear(await whose());
  post(as.end_session_endpoint, { client_id: client.client_id, post_logout_redirect_uri: config.issuer + "app/", ...(hint && { id_token_hint: hint }) });
}

/** Leaves for an address with a form, so that what it holds is in no log. */
function post(action, fields) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
}
