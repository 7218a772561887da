import { html, signal, useEffect } from "../vendor/preact.js";
import { get } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { go } from "../lib/router.js";
import { addDays, today } from "../lib/time.js";
import { markChanges } from "../lib/week/changes.js";
import { failed, loading, open as show, reload, rows, typing, undo, week } from "../lib/week.js";
import { Failure, Loading, phone, say, sheet } from "../lib/ui.js";
import { Banner, Elsewhere } from "./week/banner.js";
import { commit } from "./week/cell.js";
import { Announce, Grid, Hint } from "./week/grid.js";
import { Head, hrefAfter, hrefBefore, Summary } from "./week/head.js";
import { focusCell, focused } from "./week/keys.js";

/** What lies over the week: a dialog's module and what it is given. */
const over = signal(null);
const parts = signal({}), Phone = signal(null);
const part = (path) => import(path).then((m) => m.default);

async function lay(name, properties = {}) {
  if (over.peek()) return;
  commit();
  if (!parts.value[name]) {
    try { const [component] = await Promise.all([part(`./week/${name}.js`), sheet("week-over")]); parts.value = { ...parts.value, [name]: component }; } catch { return say(t("app.no-network")); }
  }
  over.value = { name, properties, back: document.activeElement };
}
function close() {
  const { back } = over.value;
  over.value = null;
  queueMicrotask(() => back?.isConnected && back.focus?.());
}

export const open = {
  lines: (date, edit) => { lay("lines", { date, edit }); return true; }, add: () => lay("add"), copy: () => lay("copy"), submit: () => lay("submit"), reopen: () => lay("reopen"),
  history: () => lay("history"), help: () => lay("help"), quick: () => lay("quick"),
};

const showCell = (date, r) => focusCell(r, week.value.days.findIndex((d) => d.date === date));
const focusedDay = () => addDays(week.value.start, focused.value.c);
const keys = {
  "/": open.quick, "?": open.help, n: () => open.lines(focusedDay()), t: () => go("/app/"),
  "[": () => go(hrefBefore()), "]": () => go(hrefAfter()),
};

/** Keys that hold anywhere in the week, but not where one writes words. */
function globalKeys(e) {
  const cell = e.target.matches?.("input.h");
  if (over.peek() || e.defaultPrevented || e.isComposing || !week.peek().start || (!cell && e.target.matches?.("input, textarea, select, [contenteditable]"))) return;
  const ctrl = e.ctrlKey || e.metaKey;
  if (ctrl && e.key === "Enter" && week.peek().period?.allowed_actions.includes("submit")) { e.preventDefault(); open.submit(); return; }
  if (ctrl && e.key === "z" && !cell) { e.preventDefault(); say(t(undo() ? "week.undone" : "week.nothing-to-undo")); return; }
  if (ctrl || e.altKey || (cell && typing.peek())) return;
  const act = keys[e.key] ?? keys[e.key.toLowerCase()];
  if (act) { e.preventDefault(); act(); }
}

/** date: the week that it is in; id: the period to begin with. */
export default function Week({ date, id }) {
  useEffect(() => {
    if (!id) { show(/^\d{4}-\d\d-\d\d$/.test(date ?? "") ? date : today()); return; }
    get(`/periods/${encodeURIComponent(id)}`).then((a) => show(a.body.start), (e) => { failed.value = e; });
  }, [date, id]);
  useEffect(() => {
    addEventListener("keydown", globalKeys);
    addEventListener("beforeunload", commit);
    return () => { removeEventListener("keydown", globalKeys); removeEventListener("beforeunload", commit); };
  }, []);
  useEffect(() => { if (phone.value && !Phone.value) part("./phone.js").then((view) => { Phone.value = view; }, () => {}); }, [phone.value]);

  if (failed.value) return html`<div class="page"><${Failure} error=${failed.value} retry=${reload} /></div>`;
  if (!week.value.start) return html`<${Loading} />`;
  const { name, properties } = over.value ?? {};
  return html`${phone.value && Phone.value ? html`<${Phone.value} open=${open} />` : html`<${Desk} />`}
    ${name && html`<${parts.value[name]} key=${name} ...${properties} close=${close} open=${open} />`}`;
}

function Desk() {
  const { period } = week.value;
  useEffect(() => { if (!performance.getEntriesByName("week").length) performance.mark("week"); }, []);
  useEffect(() => { markChanges(period).catch(() => {}); }, [period?.etag, period?.state]);
  return html`<div class="page week" aria-busy=${String(loading.value)}><${Head} open=${open} /><${Elsewhere} /><${Banner} open=${open} show=${showCell} /><${Summary} />
    ${rows.value.length ? html`<${Grid} open=${open} /><${Foot} />` : html`<${Empty} />`}<${Announce} /></div>`;
}

const Foot = () => html`<footer class="week-foot"><${Hint} open=${open} />
  <p class="keys"><span><kbd>/</kbd>${t("week.key-quick")}</span><span><kbd>N</kbd>${t("week.key-lines")}</span><span><kbd>${t("week.keycap.ctrl")} Z</kbd>${t("week.key-undo")}</span><button class="btn quiet" onClick=${open.help}><kbd>?</kbd>${t("week.all-keys")}</button></p></footer>`;

const Empty = () => html`<section class="card empty first"><h2>${t(week.value.shut ? "week.empty-locked" : "week.empty")}</h2>
  ${!week.value.shut && html`<p>${t("week.empty-detail")}</p><p class="acts"><button class="btn primary" onClick=${open.add}>${t("week.add-row")}</button>
    <button class="btn" onClick=${open.copy}>${t("week.copy-last")}</button><button class="btn" onClick=${open.quick}>${t("week.quick")}<kbd>/</kbd></button></p>`}</section>`;

