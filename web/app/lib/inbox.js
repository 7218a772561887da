import { signal } from "../vendor/preact.js";
import { get } from "./api.js";
import { approves, waiting } from "./me.js";

/** How many notifications are unread: shown at the bell. */
export const unread = signal(0);

const every = 3 * 60 * 1000, seen = new Map(); // path -> {etag, value}

/** Asks with the ETag that one has: mostly nothing changed, and then nothing is sent. */
async function counted(path, read) {
  const known = seen.get(path), answer = await get(path, { headers: known && { "If-None-Match": known.etag } });
  if (answer.status !== 304) seen.set(path, { etag: answer.etag, value: read(answer) });
  return seen.get(path).value;
}

/** Counts again what waits. A failure leaves the numbers as they were: whoever looks closer is told of it there. */
export async function refreshInbox() {
  try {
    if (approves.value) waiting.value = await counted("/approvals/counts", (a) => a.body.submitted);
    unread.value = await counted("/notifications?unread=true&limit=1&count=true", (a) => a.total);
  } catch (e) { console.info(e); }
}

/** Counts now, and every few minutes while somebody looks. Sends decisions that a closed page left behind. */
export function watchInbox() {
  let last = 0;
  const look = () => {
    if (document.visibilityState !== "visible" || Date.now() - last < every) return;
    last = Date.now();
    refreshInbox();
  };
  look();
  setInterval(look, every / 6);
  document.addEventListener("visibilitychange", look);
  if (localStorage.getItem("decisions")) import("../views/approvals/held.js").then((m) => m.resume());
}
