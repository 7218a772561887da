import { signal } from "../vendor/preact.js";

/** The catalogue of the language in use, from /lang/LANGUAGE.json: the same files that the pages of the server are written with. */
const config = document.getElementById("app").dataset;
const languages = config.languages.split(" ");
let words = {}, rest, plural, dates = new Map();

/** "en", "de". */
export const language = signal("en");

/** What was chosen before, else the first language of the browser's that there is. */
const preferred = () => [localStorage.getItem("language"), ...navigator.languages]
  .map((tag) => tag?.split("-")[0]).find((tag) => languages.includes(tag)) ?? "en";

async function file(name) {
  const response = await fetch(`${config.assets}/lang/${name}.json`, { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new TypeError(`${name}.json: ${response.status}`);
  return response.json();
}

/** What to say when there are no words yet, which came with the page: {lang, Text, Retry}. */
export const wordless = () => ({ lang: preferred(), ...JSON.parse(config.failure)[preferred()] });

/** The words of all views but the first page's. */
export const loadMoreWords = () => (rest ??= file(`${language.value}.more`).then((more) => { words = { ...words, ...more }; }).catch((e) => { rest = undefined; throw e; }));

/** Also tells the server, for its pages and what it refuses. */
const remember = (chosen) => { document.cookie = `language=${chosen}; path=/; max-age=31536000; samesite=lax`; };

export async function loadLanguage(chosen = preferred()) {
  const [first, more] = await Promise.all([file(chosen), rest && file(`${chosen}.more`)]);
  words = { ...first, ...more };
  plural = new Intl.PluralRules(chosen);
  dates = new Map();
  document.documentElement.lang = chosen;
  language.value = chosen;
  if (localStorage.getItem("language") === chosen) remember(chosen); // a cookie ends sooner
}

export async function chooseLanguage(chosen) {
  await loadLanguage(chosen);
  localStorage.setItem("language", chosen);
  remember(chosen);
}

/** t("week.copied", {n: 4}). A text with forms by number, {"one": …, "other": …}, goes by n. What is shown with it follows the language. */
export function t(key, values = {}) {
  language.value;
  let text = key.split(".").reduce((at, part) => at?.[part], words);
  if (text && typeof text === "object") text = text[plural.select(values.n)] ?? text.other;
  if (text === undefined) { console.error(`no words for ${key}`); return key; }
  return text.replace(/\{(\w+)\}/g, (_, name) => isolated(values[name] ?? ""));
}

/** Others' words that turn the direction of writing turn it for themselves alone (UAX #9). */
const isolated = (value) => (/[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/.test(value) ? `\u2068${value}\u2069` : value);

/** Whether there are words for the key. */
export const has = (key) => key.split(".").reduce((at, part) => at?.[part], words) !== undefined;

/** A date "2026-11-16" (or an instant) in the language in use, by Intl's options. Dates have no zone. */
export function day(date, options) {
  const plainDate = date.length === 10;
  return formatter({ ...options, ...(plainDate && { timeZone: "UTC" }) }).format(new Date(date));
}
export const range = (from, to, options) => formatter({ ...options, timeZone: "UTC" }).formatRange(new Date(from), new Date(to));

/** The language for words, the region that the browser knows for its habits. */
function formatter(options) {
  const key = JSON.stringify(options);
  const tag = navigator.languages.find((one) => one.split("-")[0] === language.value) ?? language.value;
  if (!dates.has(key)) dates.set(key, new Intl.DateTimeFormat(tag, options));
  return dates.get(key);
}
