import { batch, effect, signal } from "../../vendor/preact.js";
import { get, Problem } from "../api.js";
import { t } from "../i18n.js";
import { applied, forget, refused as turnedDown, write } from "../outbox.js";
import { isEntry } from "../queue.js";
import { clock, uuid } from "../time.js";

/** The entries on screen, with what was typed and isn't answered yet. */
export const entries = signal([]);
/** How it stands with a cell that was written to: "row|date" -> {status: "saving" | "saved" | "refused", minutes, problem, text, before, after, queued}; queued: it lies in the outbox. */
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
  batch(() => {
    entries.value = [...kept, ...own];
    for (const one of turnedDown.peek()) markRefused(one, span);
  });
}

/** What was refused when another page was open, or in another tab, is marked where it was typed as well. */
function markRefused({ write: { method, path, body, about }, problem, theirs }, span) {
  if (!isEntry(path)) return;
  const id = path.split("/")[2], before = theirs?.body ?? accepted.get(id) ?? null;
  const after = method === "DELETE" || (!before && method === "PATCH") ? null : { ...draft({ project: {} }, about.date, 0), ...before, ...body, id }, of = after ?? before;
  if (!of || of.date < span.from || span.to < of.date || mine.has(id)) return;
  const key = cellKey(rowKey(of), of.date), message = problem.status === 412 && theirs ? `${whatChanged(null, theirs.body)} ${t("week.changed-try-again")}` : problem.detail;
  if (!marks.peek().has(key)) mark(key, { status: "refused", problem: { ...problem, message }, text: after ? clock(after.minutes) : "", before, after, queued: true });
}

/** What was decided about what was refused, wherever that was, is not open in its cell any more. */
effect(() => {
  const open = new Set(turnedDown.value.map(({ write: { path } }) => path));
  for (const [key, { queued, before, after }] of marks.peek()) if (queued && !open.has(`/timesheets/${(after ?? before).id}`)) mark(key);
});

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
    if (mine.get(id)?.n === number) settle(id, key, { status: "refused", problem, minutes: after?.minutes ?? 0, text: text ?? (after ? clock(after.minutes) : ""), before, after, queued: e instanceof Problem });
    return false;
  }
}

function send(before, after) {
  const path = `/timesheets/${(after ?? before).id}`, about = { date: (after ?? before).date, project: (after ?? before).project_id, task: (after ?? before).task };
  if (!before) return write({ method: "PUT", path, body: said(after), about });
  if (!after) return write({ method: "DELETE", path, etag: etag(accepted.get(before.id) ?? before), about });
  const body = Object.fromEntries(Object.entries(said(after)).filter(([k, v]) => !same(v, said(before)[k])));
  for (const k of ["start", "end"]) if (before[k] && !after[k]) body[k] = null;
  return write({ method: "PATCH", path, body, etag: etag(accepted.get(before.id) ?? before), about });
}

const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** What a new entry says. */
const said = ({ date, minutes, project_id, task, tags, note, billable, start, end, break_minutes }) =>
  ({ date, minutes, project_id, task, tags, note, billable, break_minutes: break_minutes ?? 0, ...(start && end && { start, end }) });

/** Others' changes are fetched, so that what is tried again is tried upon them. */
async function refused(id, e, after) {
  if (!(e instanceof Problem) || ![404, 412].includes(e.status)) return { problem: e };
  try {
    const was = accepted.get(id), now = (await get(`/timesheets/${id}`)).body;
    accepted.set(id, now);
    return { problem: Object.assign(e, { message: `${whatChanged(was, now)} ${t("week.changed-try-again")}` }) };
  } catch (gone) {
    if (!(gone instanceof Problem) || gone.status !== 404) return { problem: e };
    accepted.delete(id);
    return { problem: Object.assign(e, { message: t(after ? "week.deleted-elsewhere" : "week.gone") }) };
  }
}

/** In words: "This was changed elsewhere meanwhile: 2:00 → 8:00, Note." */
function whatChanged(was, now) {
  if (!was) return t("week.changed-elsewhere", { hours: clock(now.minutes) });
  const others = ["date", "project_id", "task", "note", "start", "end", "break_minutes", "billable", "tags"].filter((f) => !same(was[f] || null, now[f] || null));
  const fields = [...(was.minutes !== now.minutes ? [t("week.changed-hours", { from: clock(was.minutes), to: clock(now.minutes) })] : []), ...others.map((f) => t(`outbox.fields.${f.replace("_", "-")}`))];
  return fields.length ? t("week.changed-fields", { fields: new Intl.ListFormat(document.documentElement.lang, { type: "unit" }).format(fields) }) : t("week.changed-elsewhere", { hours: clock(now.minutes) });
}

function settle(id, key, value) {
  batch(() => {
    mine.delete(id);
    place(id, accepted.get(id) ?? null);
    const more = [...mine.values()].some((m) => m.key === key); // of another entry in this cell
    const since = marks.peek().get(key); // what was typed since and is no time has no entry
    if (value.status === "refused" || (!more && !(since?.status === "refused" && !since.before && !since.after))) mark(key, value);
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
  return save(now ?? null, now ? { ...now, ...meant(before, after) } : { ...after, id: uuid(), revision: 0 }, text);
}

/** What the person themself changed: the rest stays as others have made it. */
function meant(before, after) {
  const of = (e) => ({ ...said(e), start: e.start, end: e.end });
  return before ? Object.fromEntries(Object.entries(of(after)).filter(([k, v]) => !same(v, of(before)[k]))) : of(after);
}

/** Resolves when all that is on its way was answered. */
export async function settled() { while (mine.size) await new Promise((ok) => { setTimeout(ok, 30); }); }
export const pending = () => mine.size;

export const draft = (row, date, minutes) => ({
  id: uuid(), date, minutes, project_id: row.project.id, task: row.task, tags: row.tags, billable: row.billable, note: "", start: null, end: null, break_minutes: 0,
  state: "draft", comment: "", locked_reason: null, revision: 0, allowed_actions: ["update", "delete"],
});
