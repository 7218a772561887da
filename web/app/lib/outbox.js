import { computed, effect, signal } from "../vendor/preact.js";
import { call, get, Problem } from "./api.js";
import { me } from "./me.js";
import { SignedOut, signedIn, unanswered } from "./session.js";
import * as queue from "./queue.js";
import * as reads from "./reads.js";
import { uuid } from "./time.js";

/**
 * Writes lie in the browser's database first and are sent from there in order, by whichever tab holds the lock. The page sends
 * them, not the service worker: the tokens and the DPoP key are the page's, and Background Sync exists in Chromium alone.
 */
const kept = signal([]), channel = new BroadcastChannel("punchcard-outbox"), callers = new Map(); // seq -> those who wait for its answer

/** The writes that wait: [{seq, method, path, body, etag, about, at}]. */
export const waiting = computed(() => kept.value.filter((w) => !w.problem));
/** Those that the server refused, until the person decides: [{write, problem: {status, kind, detail, errors}, theirs: {etag, body} | null}]. */
export const refused = computed(() => kept.value.filter((w) => w.problem).map((write) => ({ write, problem: write.problem, theirs: write.theirs })));
/** Why nothing is sent right now: null, or {reason: "offline" | "busy" | "server" | "signed-out", until}. */
export const held = signal(null);
/** Counts what was answered or decided without a caller in this tab: read anew what is shown. */
export const changed = signal(0);

/**
 * Keeps the write until it is sent. Resolves with {status, etag, body} once it is answered, which may be never in this tab's
 * life; rejects with a Problem when it is refused. A PUT of an entry without an etag makes it. A change without an etag is one of
 * whatever this app itself made last. about: {date, project, task}, for people who look at what waits.
 */
export async function write({ method, path, body, etag, about }) {
  const seq = await queue.add({ key: crypto.randomUUID(), owner: me.value.id, method, path, body, etag, about, at: Date.now() });
  const answer = new Promise((ok, no) => { callers.set(seq, [...(callers.get(seq) ?? []), { ok, no }]); });
  await look(true);
  flush();
  return answer;
}

/** The list without what waits is what the server knows; with it, it is what the person wrote. Entries only. What was refused isn't so. */
export function applied(entries, { from, to }) {
  const all = new Map(entries.map((e) => [e.id, e]));
  for (const { method, path, body } of waiting.value) {
    const id = queue.isEntry(path) && path.split("/")[2];
    if (!id) continue;
    if (method === "DELETE") all.delete(id);
    else if (method === "PUT") all.set(id, { ...blank, ...all.get(id), id, user_id: me.value.id, ...body });
    else if (all.has(id)) all.set(id, { ...all.get(id), ...Object.fromEntries(Object.entries(body).map(([k, v]) => [k, v ?? blank[k]])) });
  }
  return [...all.values()].filter((e) => from <= e.date && e.date <= to);
}
const blank = { task: "", tags: [], note: "", start: null, end: null, break_minutes: 0, billable: true, state: "draft", comment: "", locked_reason: null, allowed_actions: ["update", "delete"] };

async function look(tell) {
  kept.value = me.value ? await queue.read(me.value.id) : [];
  if (tell) channel.postMessage({});
}

channel.onmessage = async ({ data: { seq, answer, problem, paused } }) => {
  await look();
  if (paused?.owner === me.value?.id) hold(paused);
  if (!seq) return;
  held.value = null;
  tellCallers(seq, answer, problem);
};

function tellCallers(seq, answer, problem) {
  const those = callers.get(seq);
  callers.delete(seq);
  if (!those) changed.value++;
  for (const { ok, no } of those ?? []) if (problem) no(new Problem(problem.status, problem, new Headers())); else ok(answer);
}

let running, again = false, pauses = 0, timer;

/** Sends what waits, in order, until it is all answered or something is in the way. Gives whether nothing waits. */
export function flush({ now = false } = {}) {
  again = true;
  if (now) held.value = held.value?.reason === "busy" ? held.value : null;
  running ??= navigator.locks.request("punchcard-outbox", drain).finally(() => { running = undefined; if (again) flush(); });
  return running.then(() => !waiting.value.length);
}

async function drain() {
  again = false;
  while (me.value && signedIn.value && !(held.value?.until > Date.now() && held.value.reason !== "offline")) {
    const next = await queue.take(me.value.id);
    if (!next) { held.value = null; break; }
    if (!await send(next)) { again = false; break; }
    pauses = 0;
    held.value = null;
  }
  if (!signedIn.value) held.value = { reason: "signed-out" };
  await look();
}

/** Sends one. false: nothing can be sent for now. */
async function send(one) {
  const etag = await queue.newest(one), noNetwork = !navigator.onLine;
  let answer, problem, theirs;
  try {
    ({ answer, problem, theirs } = await attempt(one, etag));
  } catch (e) {
    if (noNetwork && e instanceof TypeError) await queue.untried(one); // it can't have arrived
    pause(e);
    return false;
  }
  if (answer) await queue.settle(one, answer, etag); else await queue.refuse(one, problem, theirs);
  await look();
  channel.postMessage({ seq: one.seq, answer, problem });
  tellCallers(one.seq, answer, problem);
  return true;
}

async function attempt(one, etag) {
  const headers = {
    ...(etag && { "If-Match": etag }), ...(!etag && one.method === "PUT" && queue.isEntry(one.path) && { "If-None-Match": "*" }),
    ...(one.method === "POST" && { "Idempotency-Key": one.key }),
  };
  try {
    return { answer: plain(await call(one.method, one.path, { body: one.body, headers })) };
  } catch (e) {
    if (!(e instanceof Problem) || e.status >= 500 || [401, 408, 425, 429].includes(e.status)) throw e;
    if (one.method === "DELETE" && e.status === 404) return { answer: { status: 204 } }; // gone is gone
    const theirs = [409, 412].includes(e.status) ? await whatIsThere(one) : null;
    if (theirs && arrived(one, theirs.body)) return { answer: { status: 200, ...theirs } };
    return { problem: { ...e.body, status: e.status, kind: e.kind, detail: e.message, errors: e.errors }, theirs };
  }
}

const plain = ({ status, etag, body }) => ({ status, etag, body });
async function whatIsThere({ path }) {
  try { return plain(await get(queue.subject(path), { cached: false })); } catch (e) { if (e instanceof Problem && [403, 404].includes(e.status)) return null; throw e; }
}

/** Whether it is already as the write wants it: then its answer was lost on the way, or others wrote the same. */
function arrived({ method, path, body }, theirs) {
  if (path.endsWith("/submission")) return (method === "PUT") === ["submitted", "approved"].includes(theirs.state);
  return method !== "DELETE" && method !== "POST" && Object.entries(body).every(([k, v]) => JSON.stringify(theirs[k] ?? null) === JSON.stringify(v) || ((v === null || v === "") && !theirs[k]));
}

function pause(e) {
  const reason = e instanceof SignedOut || e.status === 401 ? "signed-out" : e.status === 429 ? "busy" : unanswered(e) ? "offline" : "server";
  const asked = Number(e.headers?.get("Retry-After")), wait = asked > 0 ? asked * 1000 : Math.min(2 ** pauses++ * 2000, 300_000) * (0.75 + Math.random() / 2);
  const paused = { reason, until: Date.now() + wait, owner: me.value.id };
  hold(paused);
  channel.postMessage({ paused });
}

/** What one tab was told holds for all of them; whichever comes first then goes on. */
function hold(paused) {
  held.value = paused;
  clearTimeout(timer);
  if (paused.reason !== "signed-out") timer = setTimeout(flush, paused.until - Date.now() + 50); // surely after it, by either clock
}

/** The person's decision about what was refused: their own is sent over what is there now. */
export async function keepMine({ write: { problem, theirs, ...mine } }) {
  const now = { ...mine, tried: false, key: crypto.randomUUID() };
  if (problem.status === 404 && mine.method === "PATCH") { // deleted meanwhile: brought back first
    const back = { key: crypto.randomUUID(), owner: mine.owner, method: "POST", path: `${mine.path}/restoration`, at: mine.at, about: mine.about };
    await queue.drop(mine.seq);
    await queue.add(back);
    const { seq, ...rest } = now;
    await queue.add({ ...rest, etag: undefined });
  } else if (problem.status === 412 && !theirs && mine.method === "PUT") await queue.replace({ ...now, path: `/timesheets/${uuid()}`, etag: undefined });
  else await queue.replace({ ...now, etag: theirs?.etag ?? mine.etag });
  await look(true);
  return flush({ now: true });
}

/** The person's decision to leave it as it is at the server, or to give a write up. */
export async function takeTheirs({ write: { seq } }) {
  await queue.drop(seq);
  changed.value++;
  await look(true);
}

/** The same for all that was refused of one path, where the person takes back what they typed. */
export const forget = (path) => Promise.all(refused.value.filter(({ write }) => write.path === path).map(takeTheirs));

/** Looks for what was left from before, once it is known who uses the app. */
export const restore = () => look();

/** Goes on with that. */
export async function resume() {
  await Promise.all([queue.tidy(me.value.id), reads.tidy()]);
  return flush();
}

effect(() => { if (signedIn.value && held.peek()?.reason === "signed-out") flush({ now: true }); });
addEventListener("online", () => flush({ now: true }));
document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
