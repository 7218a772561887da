import { batch, computed, effect, signal } from "../vendor/preact.js";
import { all, del, get, post, put, query } from "./api.js";
import { me } from "./me.js";
import { changed, flush, forget } from "./outbox.js";
import { loadOrganization, organization, weekOf } from "./organization.js";
import { reason } from "./unsent.js";
import { addDays, sum, today, uuid, weekday, weekStart } from "./time.js";
import { cellKey, draft, entries, mark, marks, pending, retry, save, settled, show, written } from "./week/entries.js";
import { loadDays } from "./week/days.js";
import { lockOfPeriod, nameOf, periodOf } from "./week/locks.js";
import { loadProjects, pin, pinned, place, placed, projects, recent, rows } from "./week/rows.js";
import { shown } from "./week/shown.js";

/**
 * One's week, as the grid and the phone show it. Everything typed shows at once, is written in order by the outbox, and stays
 * where it was typed when the server refuses it.
 */
export { marks, nameOf, periodOf, pin, pinned, projects, retry, rows, settled };
export const loading = signal(false);
export const failed = signal(null);

/**
 * {start, end, date, period, etag, locked, shut, days: [{date, expected, holiday, absence, off, closed}], periods}. start is null until
 * one was opened; the period is the date's, and locked why it is; shut is whether all of the days are.
 */
export const week = computed(() => {
  const period = shown.value.date && periodOf(shown.value.date);
  return { ...shown.value, period, etag: period?.etag, locked: lockOfPeriod(period), shut: shown.value.periods.length > 0 && shown.value.periods.every(lockOfPeriod) };
});

/** What is being typed into a cell counts in the totals at once: {key, date, minutes} or null. */
export const typing = signal(null);

/** {days: {date: minutes}, rows: {key: minutes}, whole, expected, missing: [date]}; missing are days that have come, with less than expected and nothing written. */
export const totals = computed(() => {
  const { days } = shown.value, of = Object.fromEntries(days.map((d) => [d.date, 0])), ofRow = {}, now = typing.value;
  for (const row of rows.value) {
    let total = row.total;
    for (const d of days) of[d.date] += row.cells[d.date]?.minutes ?? 0;
    if (now?.key === row.key && row.cells[now.date]) {
      const more = now.minutes - row.cells[now.date].minutes;
      of[now.date] += more;
      total += more;
    }
    ofRow[row.key] = total;
  }
  const missing = days.filter((d) => d.expected > 0 && !of[d.date] && d.date <= today()).map((d) => d.date);
  return { days: of, rows: ofRow, whole: sum(Object.values(of)), expected: sum(days.map((d) => d.expected)), missing };
});

const cache = new Map(), added = new Map(); // by the week's first day
let starts = 1, asked = 0;

/** The first day of the week that a day is in, as far as is known how weeks go. */
const startOf = (date) => weekStart(date, starts);

/** Where the organization isn't known, weeks go on as before. */
async function weekIn(date) {
  if (!organization.value) await loadOrganization().catch(() => {});
  return organization.value ? weekOf(date) : [startOf(date), addDays(startOf(date), 6)];
}

async function load(start, date) {
  const end = addDays(start, 6), user = me.value.id, of = (d) => get(`/periods/${user}/${d}`).then((a) => ({ ...a.body, etag: a.etag }));
  const [days, found, first, last, own] = await Promise.all([
    loadDays(start, end), all(query("/timesheets", { user_id: user, from: start, to: end, limit: 200 }), { most: 2000 }),
    of(start), of(end), date === start || date === end ? null : of(date), loadProjects(),
  ]);
  const periods = [...new Map([first, own, last].filter(Boolean).map((p) => [p.id, p])).values()];
  return { start, end, days, periods, found };
}

/** Shows the week of a date: at once what is known of it, then as it is now. The weeks beside it are fetched too. */
export async function open(date = today()) {
  const number = ++asked, start = startOf(date), known = cache.get(start);
  batch(() => {
    failed.value = null;
    loading.value = !known;
    if (known) settleOn(known, date); else if (shown.value.start !== start) shown.value = { start: null, end: null, date, days: [], periods: [] };
  });
  try {
    const now = await fetched(start, date);
    if (number !== asked) return;
    const whole = now.periods.find((p) => p.start <= date && date <= p.end);
    const [first, last] = addDays(whole.start, 6) === whole.end ? [whole.start, whole.end] : await weekIn(date); // periods may be months
    if (number !== asked) return;
    if (addDays(first, 6) === last && weekday(first) !== starts) { starts = weekday(first); return open(date); }
    settleOn(now, date);
    loading.value = false;
    requestIdle(() => { for (const beside of [addDays(start, -7), addDays(start, 7)]) if (!cache.has(beside)) fetched(beside, beside).catch(() => {}); });
  } catch (e) {
    if (number === asked) batch(() => { loading.value = false; failed.value = e; });
  }
}

const requestIdle = window.requestIdleCallback ?? ((act) => setTimeout(act, 200));
const fetched = (start, date) => load(start, date).then((now) => { remember(start, now); return now; });
function remember(start, now) {
  cache.delete(start);
  cache.set(start, now);
  if (cache.size > 16) cache.delete(cache.keys().next().value);
}

function settleOn({ start, end, days, periods, found }, date) {
  const again = shown.value.start === start;
  batch(() => {
    shown.value = { start, end, date, days, periods };
    show(found, { from: start, to: end });
    if (!again || !placed.value.length) place(found, added.get(start));
  });
}

/** Reads the week on screen anew, without moving anything. */
export const reload = () => open(shown.value.date ?? undefined);

let timer;
effect(() => {
  if (written.value + changed.value === 0) return;
  cache.clear();
  clearTimeout(timer);
  timer = setTimeout(() => (changed.peek() ? reload() : refreshPeriods()), 300);
});

/** What may be done with the periods follows from their entries, so it is asked anew after a write. */
async function refreshPeriods() {
  const { start, periods } = shown.peek(), now = await Promise.all(periods.map((p) => get(`/periods/${p.id}`).then((a) => ({ ...a.body, etag: a.etag }), () => p)));
  if (shown.peek().start === start) shown.value = { ...shown.peek(), periods: now };
}

const past = [], renamed = new Map();

/** Writes and remembers how to take it back. changes: [{before, after, text}]. Resolves to how many were taken. */
async function change(changes) {
  if (!changes.length) return 0;
  past.push(changes);
  if (past.length > 100) past.shift();
  const taken = await Promise.all(changes.map((c) => save(c.before, c.after, c.text)));
  return taken.filter(Boolean).length;
}

/** Several cells at once, as one step to undo: [{key, date, minutes, text}]. Gives how many can't be set, and the answer of those that can. */
export function setCells(list) {
  const changes = [], skipped = [];
  for (const one of list) {
    const row = rows.value.find((r) => r.key === one.key), cell = row?.cells[one.date], before = cell?.entries[0] ?? null;
    if (!cell || cell.locked || cell.entries.length > 1) skipped.push(one);
    else if (cell.minutes === one.minutes) mark(cellKey(one.key, one.date));
    else changes.push({ before, after: one.minutes ? (before ? lasting(before, one.minutes) : draft(row, one.date, one.minutes)) : null, text: one.text });
  }
  return { skipped, set: changes.length, done: change(changes) };
}

/** Sets the minutes of a cell; 0 deletes. false: it holds several entries or is locked. */
export const setCell = (key, date, minutes, text) => setCells([{ key, date, minutes, text }]).skipped.length === 0;

/** A typed duration has no end of its own: times that no longer agree with it move or go. */
function lasting(entry, minutes) {
  if (!entry.start) return { ...entry, minutes };
  const end = at(entry.start) + minutes + entry.break_minutes;
  const others = entries.value.filter((e) => e.date === entry.date && e.id !== entry.id && e.start);
  const free = end <= 1440 && others.every((e) => end <= at(e.start) || at(e.end) <= at(entry.start));
  return free ? { ...entry, minutes, end: time(end) } : { ...entry, minutes, start: null, end: null, break_minutes: 0 };
}
const at = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const time = (minutes) => `${String(Math.trunc(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** For the lines of a day: makes, changes (fields) or removes one entry. Each resolves to whether it was taken. */
export const addEntry = (row, date, fields) => change([{ before: null, after: { ...draft(row, date, fields.minutes), ...fields } }]).then(Boolean);
export const changeEntry = (entry, fields) => change([{ before: entry, after: { ...entry, ...fields } }]).then(Boolean);
export const removeEntry = (entry) => change([{ before: entry, after: null }]).then(Boolean);

/** Takes the last step back. Gives whether there was one. */
export function undo() {
  const changes = past.pop();
  for (const { before, after, row } of changes?.toReversed() ?? []) {
    if (row) { placeRow(row); continue; }
    const id = renamed.get((before ?? after).id) ?? (before ?? after).id, now = entries.value.find((e) => e.id === id) ?? null;
    if (!before) { if (now) save(now, null); continue; }
    if (now) { save(now, { ...before, id }); continue; }
    const anew = { ...before, id: uuid(), revision: 0, state: "draft" };
    renamed.set(before.id, anew.id);
    save(null, anew);
  }
  return Boolean(changes);
}

/** Adds a row without time: {project_id, task, tags, billable}. Gives its key. */
export function addRow({ project_id, task = "", tags, billable = projects.value.get(project_id)?.billable ?? true }) {
  const row = { key: `${project_id}|${billable ? 1 : 0}|${task}`, project_id, task, tags, billable };
  placeRow(row);
  return row.key;
}

function placeRow(row) {
  if (rows.value.some((r) => r.key === row.key)) return;
  const { start } = shown.value;
  added.set(start, [...(added.get(start) ?? []), row]);
  placed.value = [...placed.value, row];
}

/** Takes a row away with what can be deleted of it; undo brings both back. Gives how many entries stay, since they are locked. */
export function removeRow(key) {
  const row = placed.value.find((r) => r.key === key), { start } = shown.value, of = rows.value.find((r) => r.key === key);
  const all = Object.values(of?.cells ?? {}).flatMap((c) => c.entries), free = all.filter((e) => e.allowed_actions.includes("delete"));
  added.set(start, (added.get(start) ?? []).filter((r) => r.key !== key));
  placed.value = placed.value.filter((r) => r.key !== key);
  past.push([...(row ? [{ row }] : []), ...free.map((before) => ({ before, after: null }))].toReversed());
  for (const e of free) save(e, null);
  return all.length - free.length;
}

/** Rows to add, the latest first. */
export const recentRows = () => recent(addDays(today(), -56), me.value.id);

/** What the week before has: [{key, project, task, tags, billable, cells: {date of this week: minutes}, skip: null | "closed" | "there"}]. */
export async function lastWeek() {
  const { start } = shown.value, before = addDays(start, -7);
  const { found } = cache.get(before) ?? await fetched(before, before), by = new Map();
  for (const e of found) {
    const key = `${e.project_id}|${e.billable ? 1 : 0}|${e.task}`, row = by.get(key) ?? { key, project_id: e.project_id, task: e.task, billable: e.billable, tags: e.tags, cells: {} };
    const to = addDays(e.date, 7);
    row.tags = row.tags.filter((tag) => e.tags.includes(tag));
    row.cells[to] = (row.cells[to] ?? 0) + e.minutes;
    by.set(key, row);
  }
  return [...by.values()].map((row) => {
    const project = projects.value.get(row.project_id);
    return { ...row, project: project ?? { id: row.project_id, name: "" }, skip: !project || project.closed ? "closed" : null };
  });
}

/** Copies the rows of the week before, with their hours where the cell is still empty. Gives {copied, skipped, cells, done}. */
export async function copyLastWeek({ hours = false } = {}) {
  const found = await lastWeek(), able = found.filter((r) => !r.skip), cells = [];
  for (const row of able) placeRow({ key: row.key, project_id: row.project_id, task: row.task, tags: row.tags, billable: row.billable });
  if (hours) {
    for (const row of able) {
      const here = rows.value.find((r) => r.key === row.key);
      for (const [date, minutes] of Object.entries(row.cells)) if (here?.cells[date]?.minutes === 0) cells.push({ key: row.key, date, minutes });
    }
  }
  const { set, skipped, done } = setCells(cells);
  return { copied: able.length, skipped: found.filter((r) => r.skip), cells: set, held: skipped.length, done };
}

/** Sends all that waits. Throws what stands in the way: "refused" cells, or the network. Gives the period as it is now. */
export async function flushed() {
  do {
    if (!await flush({ now: true })) throw new Error(reason());
    await new Promise((ok) => { setTimeout(ok, 30); });
  } while (pending());
  if ([...marks.value.values()].some((m) => m.status === "refused")) throw new Error("refused");
  await refreshPeriods();
  return week.value.period;
}

async function act(call) {
  try {
    await call();
  } finally {
    cache.clear();
    await reload();
  }
}
const seen = () => ({ headers: { "If-Match": week.value.etag } });

/** The period of the week, with all that is in it. Rejects with a Problem, 412 where it changed meanwhile. */
export const submit = ({ comment = "", early = false, attest = false } = {}) => flushed().then(({ id }) =>
  act(() => put(query(`/periods/${id}/submission`, { early: early || undefined }), { comment, attest }, seen())));
export const withdraw = () => act(() => del(`/periods/${week.value.period.id}/submission`, seen()));
export const askToReopen = (comment) => act(() => post(`/periods/${week.value.period.id}/reopening-request`, { reason: comment }, {
  headers: { "If-Match": week.value.etag, "Idempotency-Key": uuid() },
}));

/** Keeps what was typed where it is no time, with why: {message, meant}. */
export const refuse = (key, date, text, problem) => mark(cellKey(key, date), { status: "refused", text, problem });
/** Leaves a cell as the server has it. */
export function discard(key, date) {
  const at = cellKey(key, date), { before, after } = marks.peek().get(at) ?? {};
  mark(at);
  if (before ?? after) forget(`/timesheets/${(after ?? before).id}`);
}
export const retryCell = (key, date) => retry(cellKey(key, date));
