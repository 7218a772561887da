import { html, signal, useEffect, useLayoutEffect, useMemo, useRef } from "../vendor/preact.js";
import { t } from "./i18n.js";
import { onward, useClosing } from "./unsaved.js";

/** Icons are paths in a box of 24, drawn with the one stroke of base.css. */
const paths = {
  left: "M15 5l-7 7 7 7", right: "M9 5l7 7-7 7", down: "M5 9l7 7 7-7", copy: "M9 9h10v11H9zM5 15V4h10", check: "M5 12.5l4.5 4.5L19 7",
  plus: "M12 5v14M5 12h14", minus: "M5 12h14", x: "M6 6l12 12M18 6L6 18", week: "M4 5h16v15H4zM4 10h16M10 10v10", chart: "M5 20V11M12 20V4M19 20v-6",
  inbox: "M4 13l2.5-8h11L20 13v6H4zM4 13h5l1 2.5h4l1-2.5h5", send: "M5 12h13M12.5 6l6 6-6 6",
  user: "M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  cloud: "M7 18a4 4 0 01-.5-8 6 6 0 0111.5 1.5A3.3 3.3 0 0117.5 18z", lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3", note: "M6 4h12v16H6zM9 9h6M9 13h4",
  undo: "M8 5L4 9l4 4M4 9h10a5 5 0 010 10h-3", alert: "M12 4l9 16H3zM12 10v4M12 17v.01", search: "M11 18a7 7 0 100-14 7 7 0 000 14zM16 16l5 5",
  gear: "M12 15a3 3 0 100-6 3 3 0 000 6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1",
  save: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13", more: "M5 12h.01M12 12h.01M19 12h.01", calendar: "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4", bell: "M6 17V11a6 6 0 0112 0v6M4 17h16M10 20.5h4", out: "M14 5h5v14h-5M10 8l-4 4 4 4M6 12h9",
};
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${paths[name]} /></svg>`;

/** A media query as a signal. */
export function media(query) {
  const list = matchMedia(query), matches = signal(list.matches);
  list.addEventListener("change", () => { matches.value = list.matches; });
  return matches;
}
export const phone = media("(max-width: 47.99rem)");

/** What just happened, for as long as it takes to read: say("3 rows copied", {action: "Undo", act, seconds: 10}). */
const said = signal(null);
let timer;
export function say(text, { action, act, seconds = 6 } = {}) {
  clearTimeout(timer);
  said.value = { text, action, act, at: Date.now() };
  timer = setTimeout(() => { said.value = null; }, seconds * 1000);
}
/** Under an open dialog nothing is seen, read out or reached by a click: what is said is said in the one on top. */
export const Toast = ({ here = dialogs.value.length === 0 }) => html`<div class="toasts" role="status">${here && said.value && html`<div class=${Date.now() - said.value.at < 250 ? "toast" : "toast still"}>
  <span>${said.value.text}</span>
  ${said.value.action && html`<button onClick=${() => { const { act } = said.value; said.value = null; act(); }}>${said.value.action}</button>`}
</div>`}</div>`;

const dialogs = signal([]); // that are open, the one on top last
let opened = 0;

/** Gives the focus back where it came from, unless it is somewhere already or that is gone. */
function useWayBack() {
  const back = useMemo(() => document.activeElement, []);
  const again = () => document.activeElement === document.body && back?.isConnected && back.focus({ preventScroll: true });
  useLayoutEffect(() => () => queueMicrotask(again), []);
}

/** Runs what may take away the element in focus with its row, and then goes on in the row that is there now, or else in its section. */
export async function keepingPlace(act) {
  const at = document.activeElement, list = at?.closest("ul, ol, tbody"), home = at?.closest("section, main");
  const i = [...list?.children ?? []].findIndex((row) => row.contains(at));
  try { return await act(); } finally {
    await new Promise((ok) => setTimeout(ok)); // until what is there now is shown
    if (list && !at.isConnected && document.activeElement === document.body) {
      const next = list.isConnected && [...list.children].slice(0, i + 1).at(-1)?.querySelector("button, a, input");
      (next || home?.querySelector("input, select, button, a"))?.focus();
    }
  }
}

/**
 * A native dialog, open as long as it is there: Esc and a click beside it call close, after asking where something typed would be
 * lost. side: a panel at the edge instead.
 */
export function Dialog({ title, close, side, children }) {
  const ref = useRef(), id = useMemo(() => `dialog-${++opened}`, []), leave = useClosing(close);
  useWayBack();
  useEffect(() => {
    ref.current.showModal();
    if (!ref.current.querySelector("[autofocus]")) begin(ref.current, side);
  }, []);
  useLayoutEffect(() => { dialogs.value = [...dialogs.peek(), id]; return () => { dialogs.value = dialogs.peek().filter((other) => other !== id); }; }, []);
  const again = () => { if (ref.current?.isConnected) { ref.current.showModal(); leave(); } }; // browsers let Esc be held back only once
  return html`<dialog ref=${ref} class=${side ? "panel" : "sheet"} aria-labelledby=${id} onCancel=${(e) => { if (e.target === ref.current) { e.preventDefault(); leave(); } }}
    onClose=${again} onMouseDown=${(e) => e.target === ref.current && leave()}>
    <div class="dialog-body">
      <header><h2 id=${id} tabindex="-1">${title}</h2><button class="btn quiet only-icon" aria-label=${t("app.close")} onClick=${leave}><${Icon} name="x" /></button></header>
      ${children}
    </div><${Toast} here=${dialogs.value.at(-1) === id} /></dialog>`;
}

/** Asks whether what isn't saved may be left behind. */
export const Leaving = () => onward.value && html`<${Asking} />`;

function Asking() {
  const back = useMemo(() => document.activeElement, []), stay = () => { onward.value = null; };
  useLayoutEffect(() => () => queueMicrotask(() => back?.isConnected && back.focus?.()), []);
  const leave = () => { const on = onward.value; stay(); on(); };
  return html`<${Dialog} title=${t("app.unsaved")} close=${stay}><p>${t("app.unsaved-detail")}</p>
    <div class="form-foot"><button type="button" class="btn bad" onClick=${leave}>${t("app.discard")}</button>
      <button type="button" class="btn primary" onClick=${stay}>${t("app.stay")}</button></div><//>`;
}

/** A form begins in its first field, anything else at its title: at the cross, a space or Enter would shut what was just opened. */
const begin = (dialog, side) => (dialog.querySelector(side ? "h2" : "form :is(input, select).input:not([disabled])") ?? dialog.querySelector("h2")).focus();

/** The words of a Problem: a title in the language in use where its kind is known, and what the server said about it. */
export const explain = (e) => (e instanceof TypeError ? t("app.no-network") : e.name === "TimeoutError" ? t("app.no-answer") : e.message || t("app.signed-out-detail"));

/** A style sheet of css/ that comes with what needs it. Resolves when it holds. */
const sheets = new Map();
export function sheet(name) {
  if (!sheets.has(name)) sheets.set(name, new Promise((ok, no) => {
    const gone = () => { sheets.delete(name); no(new TypeError(name)); };
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(`../css/${name}.css`, import.meta.url).href, onload: ok, onerror: gone }));
  }));
  return sheets.get(name);
}

/** What is wrong with a whole page, with a way to try again. */
export const Failure = ({ error, retry }) => html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${explain(error)}
  ${error.headers?.get("Request-Id") && html`<small> ${t("app.request-id")} <code>${error.headers.get("Request-Id")}</code></small>`}</span>
  ${retry && html`<button class="btn" onClick=${retry}>${t("app.retry")}</button>`}</div>`;

export const Loading = () => html`<div class="loading" role="status"><span class="sr">${t("app.loading")}</span></div>`;

/** The hues of projects, in the order in which this browser met them: the golden angle keeps any few of them apart. */
const met = JSON.parse(localStorage.getItem("hues") ?? "{}");

export function hue(id) {
  if (!(id in met)) {
    met[id] = Object.keys(met).length % 1000;
    localStorage.setItem("hues", JSON.stringify(met));
  }
  return Math.round(255 + met[id] * 137.508) % 360;
}
export const Dot = ({ id }) => html`<i class="dot hue" style=${{ "--h": hue(id) }} />`;

/** The states of entries and periods, in words and with a dot. */
export const Chip = ({ state }) => html`<span class="chip" data-s=${state}>${t(`states.${state}`)}</span>`;

export const initials = (name) => name.split(/\s+/).map((w) => w[0]).filter(Boolean).slice(0, 2).join("").toUpperCase();
