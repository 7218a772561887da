import { signal } from "../vendor/preact.js";
import { del, patch, post, put } from "./api.js";

/** Writes on their way to the server: each waits for those before it, and a change goes with the ETag that the last one left. */
export const waiting = signal([]);
/** Why nothing is sent right now; null: it is. */
export const held = signal(null);
/** Counts what was answered without a caller in this tab. */
export const changed = signal(0);
export const applied = (entries) => entries;

const methods = { PUT: put, PATCH: patch, POST: post }, newest = new Map();
let last = Promise.resolve();

/** Resolves with {status, etag, body} once it is answered, rejects with a Problem when it is refused. */
export function write({ method, path, body, etag }) {
  const one = { method, path, body, etag };
  waiting.value = [...waiting.value, one];
  const answer = last.then(() => send(one)).finally(() => { waiting.value = waiting.value.filter((w) => w !== one); });
  last = answer.catch(() => {});
  return answer;
}

async function send({ method, path, body, etag }) {
  const tag = newest.get(path)?.from === etag || !etag ? newest.get(path)?.to ?? etag : etag;
  const headers = tag ? { "If-Match": tag } : method === "PUT" ? { "If-None-Match": "*" } : {};
  const answer = method === "DELETE" ? await del(path, { headers }) : await methods[method](path, body, { headers });
  newest.set(path, { from: etag, to: answer.etag });
  return answer;
}

export const flush = () => last.then(() => true);
