import { signal } from "../../vendor/preact.js";
import { me } from "../../lib/me.js";

/** The words that are being written about a period, until they are sent: {comment, lines: {entry id: words}, rest}. */
const place = `decision-words ${me.value.id}`, drafts = signal(read());
function read() { try { return JSON.parse(sessionStorage.getItem(place)) ?? {}; } catch { return {}; } }

const none = { comment: "", lines: {}, rest: false };
export const draftOf = (period) => drafts.value[period] ?? none;

export function write(period, change) {
  const { [period]: before = none, ...others } = drafts.value, now = { ...before, ...change };
  const empty = !now.comment && !Object.keys(now.lines).length;
  drafts.value = empty ? others : { ...others, [period]: now };
  if (Object.keys(drafts.value).length) sessionStorage.setItem(place, JSON.stringify(drafts.value)); else sessionStorage.removeItem(place);
}
export const tearUp = (period) => write(period, none);
