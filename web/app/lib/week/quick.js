import { meantMinutes, parse, addDays, today, weekday } from "../time.js";
import { find } from "./find.js";

const ago = { today: 0, heute: 0, yesterday: -1, gestern: -1, vorgestern: -2, tomorrow: 1, morgen: 1 };
const weekdays = [
  ["sunday", "sun", "sonntag", "so"], ["monday", "mon", "montag", "mo"], ["tuesday", "tue", "tues", "dienstag", "di"], ["wednesday", "wed", "mittwoch", "mi"],
  ["thursday", "thu", "thur", "thurs", "donnerstag", "do"], ["friday", "fri", "freitag", "fr"], ["saturday", "sat", "samstag", "sonnabend", "sa"],
];

/** A day in words: today's neighbours, a weekday (the last one that there was), 2026-11-18, 18.11. or 18.11.2026. null: it is none. */
function dayIn(word, now = today()) {
  const w = word.toLowerCase().replace(/,$/, "");
  if (w in ago) return addDays(now, ago[w]);
  const n = weekdays.findIndex((names) => names.includes(w));
  if (n >= 0) return addDays(now, -((weekday(now) - n + 7) % 7));
  if (/^\d{4}-\d\d-\d\d$/.test(w)) return real(w);
  const m = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(w);
  if (!m) return null;
  const date = (year) => real(`${year}-${m[2].padStart(2, "0")}-${m[1].padStart(2, "0")}`), year = Number(now.slice(0, 4));
  if (m[3]) return date(m[3]);
  return date(year) > addDays(now, 31) ? date(year - 1) : date(year);
}
const real = (date) => (Number.isNaN(Date.parse(date)) || new Date(date).toISOString().slice(0, 10) !== date ? null : date);

/** "3h30 storezero review yesterday #remote “a note”" -> {minutes, date, choices, tags, note, meant}. What isn't said is null; choices are projects and tasks, the best first. */
export function understand(text, { used = [], day } = {}) {
  let note = "", minutes = null, date = null, meant = null;
  const tags = [], words = [];
  const left = text.replace(/["“„]([^"”“]*)["”“]?/g, (_, words) => { note = words.trim(); return " "; }).trim().split(/\s+/).filter(Boolean);
  for (let i = 0; i < left.length; i++) {
    const word = left[i], pair = left[i + 1] && /^\d{1,2}h$/i.test(word) && /^\d{1,2}m?(in)?$/i.test(left[i + 1]) ? parse(word + left[i + 1]) : null;
    if (word.startsWith("#") && word.length > 1) tags.push(word.slice(1));
    else if (date === null && dayIn(word) !== null) date = dayIn(word);
    else if (minutes === null && pair) { minutes = pair; i++; }
    else if (minutes === null && parse(word)) minutes = parse(word);
    else if (minutes === null && meantMinutes(word)) meant = meantMinutes(word);
    else words.push(word);
  }
  return { minutes, date: date ?? day ?? today(), choices: words.length ? find(words, used) : [], words, tags, note, meant };
}
