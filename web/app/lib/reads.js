import { signal } from "../vendor/preact.js";
import { run } from "./vault.js";

/** What the server last answered to the reads that one's own week is made of, for when there is no network. */
const most = 300, kinds = /^\/(me|projects|periods|timesheets|organization|holidays|absences|expected-hours|people\/[^/]+\/expected-hours|lock-date)([/?]|$)/;

/** Since when what is shown may have changed: an instant in ms, or null when it is fresh. */
export const asOf = signal(null);

export const keeps = (path) => kinds.test(path) && !/^\/me\/|\/export|[?&]q=/.test(path);
const key = (owner, path) => `${owner} ${path}`;

export function keep(owner, path, { status, etag, body, total, next }) {
  asOf.value = null;
  if (owner && status === 200) run("reads", "readwrite", (s) => s.put({ answer: { status, etag, body, total, next }, at: Date.now() }, key(owner, path))).catch(console.warn);
}

/** The answer from before, or undefined. */
export async function before(owner, path) {
  const kept = owner && await run("reads", "readonly", (s) => s.get(key(owner, path)));
  if (!kept) return undefined;
  asOf.value = Math.min(asOf.value ?? Infinity, kept.at);
  return { ...kept.answer, headers: new Headers(), before: kept.at };
}

/** The oldest go when there are too many. */
export async function tidy() {
  const keys = await run("reads", "readonly", (s) => s.getAllKeys());
  if (keys.length <= most) return;
  const all = await run("reads", "readonly", (s) => s.getAll());
  const old = keys.map((k, i) => [all[i].at, k]).sort((a, b) => a[0] - b[0]).slice(0, keys.length - most);
  for (const [, k] of old) await run("reads", "readwrite", (s) => s.delete(k));
}
