import { batch, signal } from "../../vendor/preact.js";
import { get, Problem } from "../api.js";
import { t } from "../i18n.js";
import { applied, forget, write } from "../outbox.js";
import { clock, uuid } from "../time.js";

/** The entries on screen, with what was typed and isn't answered yet. */
export const entries = signal([]);
/** How it stands with a cell that was written to: "row|date" -> {status: "saving" | "saved" | "refused", minutes, problem, text}. */
export const marks = signal(new Map());
/** Goes up whenever the server took a write. */
export const written = signal(0);

const accepted = new Map(); // id -> the entry as the server has it
const mine = new Map(); // id -> {after, n, key}: what is on its way, the number of the newest write, and its cell
let n = 0;

/** A row is what its entries have in common. */
export const rowKey = (e) => `${e.project_id}|${e.billable ? 1 : 0}|${e.task}`;
export const cellKey = (key, date) => `${date}|${key}`;
const etag = (entry) => (entry?.revision ? `"${entry.revision}"` : undefined);

export const mark = (key, value) => { const all = new Map(marks.value); if (value) all.set(key, value); else all.delete(key); marks.value = all; };

/** Takes a week as the server told it, and puts over it what is on its way. */
export function show(loaded, span) {
  for (const e of loaded) accepted.set(e.id, e);
  const kept = applied(loaded, span).filter((e) => !mine.has(e.id));
  const own = [...mine.values()].map((m) => m.after).filter((e) => e && span.from <= e.date && e.date <= span.to);
  entries.value = [...kept, ...own];
}

/** Sends an entry as it shall be: made where there was none before, deleted where there is none after. Resolves once it is settled: whether it was taken. */
export async function save(before, after, text) {
  const { id } = after ?? before, number = ++n, key = cellKey(rowKey(after ?? before), (after ?? before).date);
  const moved = before && after && cellKey(rowKey(before), before.date) !== key;
  batch(() => {
    mine.set(id, { after, n: number, key });
    place(id, after);
    mark(key, { status: "saving" });
    if (moved) mark(cellKey(rowKey(before), before.date));
  });
  try {
    const answer = await send(before, after);
    if (answer.body?.id) accepted.set(id, answer.body); else accepted.delete(id);
    if (mine.get(id)?.n === number) settle(id, key, { status: "saved" });
    written.value++;
    return true;
  } catch (e) {
    const { problem } = await refused(id, e, after);
    if (mine.get(id)?.n === number) settle(id, key, { status: "refused", problem, minutes: after?.minutes ?? 0, text: text ?? (after ? clock(after.minutes) : ""), before, after });
    return false;
  }
}

function send(before, after) {
  const path = `/timesheets/${(after ?? before).id}`, about = { date: (after ?? before).date, project: (after ?? before).project_id, task: (after ?? before).task };
  if (!before) return write({ method: "PUT", path, body: said(after), about });
  if (!after) return write({ method: "DELETE", path, etag: etag(accepted.get(before.id) ?? before), about });
  const body = Object.fromEntries(Object.entries(said(after)).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(said(before)[k])));
  for (const k of ["start", "end"]) if (before[k] && !after[k]) body[k] = null;
  return write({ method: "PATCH", path, body, etag: etag(accepted.get(before.id) ?? before), about });
}

/** What a new entry says. */
const said = ({ date, minutes, project_id, task, tags, note, billable, start, end, break_minutes }) =>
  ({ date, minutes, project_id, task, tags, note, billable, break_minutes: break_minutes ?? 0, ...(start && end && { start, end }) });

/** Others' changes are fetched, so that what is tried again is tried upon them. */
async function refused(id, e, after) {
  if (!(e instanceof Problem) || ![404, 412].includes(e.status)) return { problem: e };
  try {
    const now = (await get(`/timesheets/${id}`)).body;
    accepted.set(id, now);
    return { problem: Object.assign(e, { message: t("week.changed-elsewhere", { hours: clock(now.minutes) }) }) };
  } catch (gone) {
    if (!(gone instanceof Problem) || gone.status !== 404) return { problem: e };
    accepted.delete(id);
    return { problem: Object.assign(e, { message: t(after ? "week.deleted-elsewhere" : "week.gone") }) };
  }
}

function settle(id, key, value) {
  batch(() => {
    mine.delete(id);
    place(id, accepted.get(id) ?? null);
    const more = [...mine.values()].some((m) => m.key === key); // of another entry in this cell
    if (!more || value.status === "refused") mark(key, value);
  });
  if (value.status === "saved") setTimeout(() => { if (marks.value.get(key) === value) mark(key); }, 1600);
}

function place(id, entry) {
  const at = entries.value.findIndex((e) => e.id === id);
  if (at < 0) { if (entry) entries.value = [...entries.value, entry]; return; }
  entries.value = entry ? entries.value.with(at, entry) : entries.value.toSpliced(at, 1);
}

/** Sends again what was refused, upon what is there now. */
export function retry(key) {
  const { before, after, text } = marks.value.get(key) ?? {}, { id } = after ?? before ?? {}, now = accepted.get(id);
  if (id) forget(`/timesheets/${id}`); // this is the decision about what was refused
  if (!after) return now ? save(now, null) : mark(key);
  return save(now ?? null, now ? { ...now, ...said(after), start: after.start, end: after.end } : { ...after, id: uuid(), revision: 0 }, text);
}

/** Resolves when all that is on its way was answered. */
export async function settled() { while (mine.size) await new Promise((ok) => { setTimeout(ok, 30); }); }
export const pending = () => mine.size;

export const draft = (row, date, minutes) => ({
  id: uuid(), date, minutes, project_id: row.project.id, task: row.task, tags: row.tags, billable: row.billable, note: "", start: null, end: null, break_minutes: 0,
  state: "draft", comment: "", locked_reason: null, revision: 0, allowed_actions: ["update", "delete"],
});
