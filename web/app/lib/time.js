/** Hours are whole minutes everywhere, dates are texts "2026-11-16" without a zone; these functions alone read and write them. */

const most = 24 * 60;

/**
 * "2", "2.5", "2,5", "2h30", "1:30", "90m" -> minutes; "" -> 0; what is no time of a day -> null. A bare number is always hours.
 * "+0:30" and "-0:30" are more and less than the minutes that there were, where there were any to go by.
 */
export function parse(text, were) {
  const s = text.trim().toLowerCase();
  if (!s || s === "-" || s === "–") return 0;
  let m;
  if (were !== undefined && (m = /^([+\-−])\s*(\S.*)$/.exec(s))) return changed(were, m[1] === "+" ? 1 : -1, parse(m[2]));
  if ((m = /^(\d{0,2}):([0-5]\d)$/.exec(s))) return within(+m[1] * 60 + +m[2]);
  if ((m = /^(\d{1,2})\s*h\s*(?:([0-5]?\d)\s*m?(?:in)?)?$/.exec(s))) return within(+m[1] * 60 + +(m[2] ?? 0));
  if ((m = /^(\d{1,4})\s*m(?:in)?$/.exec(s))) return within(+m[1]);
  if ((m = /^(\d{1,2}(?:[.,]\d*)?|[.,]\d+)\s*h?$/.exec(s))) return within(Math.round(+m[1].replace(",", ".") * 60));
  return null;
}
const changed = (were, sign, by) => (by === null || were + sign * by < 0 ? null : within(were + sign * by));
const within = (minutes) => (minutes <= most ? minutes : null);

/** A number above 24 that may have been meant as minutes: what to offer instead, or null. */
export const meantMinutes = (text) => { const n = /^\s*(\d{2,4})\s*$/.exec(text); return n && +n[1] > 24 && +n[1] <= most ? `${+n[1]}m` : null; };

/** 450 -> "7:30", 0 -> "". */
export const format = (minutes) => (minutes ? clock(minutes) : "");
/** 450 -> "7:30", 0 -> "0:00", -30 -> "−0:30". */
export const clock = (minutes) => `${minutes < 0 ? "−" : ""}${Math.trunc(Math.abs(minutes) / 60)}:${String(Math.abs(minutes) % 60).padStart(2, "0")}`;
export const sum = (list) => list.reduce((a, b) => a + b, 0);

const date = (text) => new Date(text + "T00:00:00Z");
const text = (date) => date.toISOString().slice(0, 10);

/** Today where one is. */
export const today = () => { const d = new Date(); return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`; };
export const addDays = (from, n) => { const d = date(from); d.setUTCDate(d.getUTCDate() + n); return text(d); };
/** 0 is Sunday. */
export const weekday = (of) => date(of).getUTCDay();
/** The day from which its week goes; starts is the weekday's number, Monday's is 1. */
export const weekStart = (of, starts = 1) => addDays(of, -((weekday(of) - starts + 7) % 7));
export const days = (from, to) => { const all = []; for (let d = from; d <= to; d = addDays(d, 1)) all.push(d); return all; };
/** Days that follow each other as one stretch: [[from, to], …]. */
export const stretches = (dates) => dates.reduce((found, date) => {
  const last = found.at(-1);
  if (last && addDays(last[1], 1) === date) last[1] = date; else found.push([date, date]);
  return found;
}, []);
/** The number of the ISO 8601 week. */
export function isoWeek(of) {
  const thursday = addDays(weekStart(of), 3);
  return 1 + Math.round((date(weekStart(of)) - date(weekStart(`${thursday.slice(0, 4)}-01-04`))) / 6048e5);
}

/** A UUIDv7 (RFC 9562 §5.7): ids that the app makes, in the order of their making. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)), now = Date.now();
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 256 ** (5 - i)) % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return [...bytes].map((b, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + b.toString(16).padStart(2, "0")).join("");
}
