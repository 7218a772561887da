import { computed, signal } from "../../vendor/preact.js";
import { all, query } from "../api.js";
import { t } from "../i18n.js";
import { held } from "../outbox.js";
import { sum } from "../time.js";
import * as vault from "../vault.js";
import { cellKey, entries, marks, rowKey } from "./entries.js";
import { lockOf } from "./locks.js";
import { shown } from "./shown.js";

/** Every project that one may see, by its id, the closed ones too. */
export const projects = signal(new Map());
/** What stays in every week though nothing was written: [{key, project_id, task, tags, billable}]. */
export const pinned = signal([]);
/** The rows' order in the week on screen, with those that have no time yet. */
export const placed = signal([]);

let known;
export const loadProjects = () => (known ??= Promise.all([all("/projects?limit=200", { most: 2000 }), vault.get("pinned")])
  .then(([list, pins]) => { projects.value = new Map(list.map((p) => [p.id, p])); pinned.value = pins ?? []; })
  .catch((e) => { known = undefined; throw e; }));

export function pin(row, on) {
  const others = pinned.value.filter((p) => p.key !== row.key);
  pinned.value = on ? [...others, { key: row.key, project_id: row.project.id, task: row.task, tags: row.tags, billable: row.billable }] : others;
  vault.set("pinned", pinned.value);
}

const name = (row) => `${projects.value.get(row.project_id)?.name ?? ""} ${row.task}`;
const described = (e) => ({ key: rowKey(e), project_id: e.project_id, task: e.task, billable: e.billable });

/** Rows as they stand when a week is opened: pinned, then by name. Nothing jumps while one types. */
export function place(found, added = []) {
  const rows = new Map();
  for (const p of pinned.value) if (!projects.value.get(p.project_id)?.closed) rows.set(p.key, p);
  for (const e of [...found].sort((a, b) => name(a).localeCompare(name(b)))) if (!rows.has(rowKey(e))) rows.set(rowKey(e), described(e));
  for (const a of added) if (!rows.has(a.key)) rows.set(a.key, a);
  placed.value = [...rows.values()];
}

/** [{key, project, task, tags, billable, pinned, cells: {date: cell}, total}]; a cell: {minutes, entries, locked, reason, status, problem, text, said}. */
export const rows = computed(() => {
  const all = new Map(placed.value.map((row) => [row.key, { row, of: [] }]));
  for (const e of entries.value) {
    const key = rowKey(e);
    if (!all.has(key)) all.set(key, { row: described(e), of: [] });
    all.get(key).of.push(e);
  }
  for (const { queued, after } of marks.value.values()) { // what was refused has its row though there is nothing in it
    if (queued && after && !all.has(rowKey(after)) && shown.value.start <= after.date && after.date <= shown.value.end) all.set(rowKey(after), { row: described(after), of: [] });
  }
  return [...all.values()].map(({ row, of }) => full(row, of));
});

function full(row, of) {
  const project = projects.value.get(row.project_id) ?? { id: row.project_id, name: t("week.unknown-project"), customer: "", tasks: [], closed: true };
  const cells = Object.fromEntries(shown.value.days.map((day) => [day.date, cell(row.key, project, day, of.filter((e) => e.date === day.date))]));
  return { ...row, project, tags: row.tags ?? inAll(of), pinned: pinned.value.some((p) => p.key === row.key), cells, total: sum(of.map((e) => e.minutes)) };
}

const inAll = (of) => (of.length ? of[0].tags.filter((tag) => of.every((e) => e.tags.includes(tag))) : []);

function cell(key, project, day, of) {
  const { status = null, problem = null, text = null } = marks.value.get(cellKey(key, day.date)) ?? {};
  const reason = lockOf(day, of, project);
  return {
    minutes: sum(of.map((e) => e.minutes)), entries: of, locked: reason !== null, reason,
    status: status === "saving" && held.value ? "waiting" : status, problem, text,
    said: of.filter((e) => e.state === "rejected" && e.comment).map((e) => e.comment),
  };
}

/** What was written of late, the latest first: rows to add. Asked once. */
let recently;
export const recent = (from, user) => (recently ??= all(query("/timesheets", { user_id: user, from, limit: 200 }), { most: 200 })
  .then((list) => [...new Map(list.map((e) => [rowKey(e), described(e)])).values()]).catch(() => { recently = undefined; return []; }));
