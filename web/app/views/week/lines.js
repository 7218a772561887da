import { html, useLayoutEffect, useMemo, useRef, useState } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { addDays, clock, format, meantMinutes, parse } from "../../lib/time.js";
import { guarded, useUnsaved } from "../../lib/unsaved.js";
import { addEntry, changeEntry, periodOf, removeEntry, rows, undo, week } from "../../lib/week.js";
import { Dialog, Dot, explain, Icon, say } from "../../lib/ui.js";
import { longDay } from "./cell.js";
import { Choose } from "./choose.js";

/** All lines of one day, each with its note, tags, times. edit: the entry to begin with. */
export default function Lines({ date, edit, close, open }) {
  const [adding, setAdding] = useState(null), cells = rows.value.map((row) => ({ row, cell: row.cells[date] })).filter(({ cell }) => cell?.entries.length || cell?.status === "refused");
  const day = week.value.days.find((d) => d.date === date), period = periodOf(date), shut = Boolean(day?.closed || period?.locked_reason);
  const all = cells.flatMap(({ row, cell }) => cell.entries.map((entry) => ({ row, cell, entry }))).sort((a, b) => (a.entry.start ?? "~").localeCompare(b.entry.start ?? "~"));
  if (!day) return null;
  return html`<${Dialog} side title=${longDay(date)} close=${close}><div class="lines">
    <div class="seg" role="group" aria-label=${t("week.choose-day")}><button class="btn only-icon" aria-label=${t("week.day-before")} disabled=${date === week.value.start} onClick=${() => turn(open, close, addDays(date, -1))}><${Icon} name="left" /></button>
      <button class="btn only-icon" aria-label=${t("week.day-after")} disabled=${date === week.value.end} onClick=${() => turn(open, close, addDays(date, 1))}><${Icon} name="right" /></button></div>
    ${all.map(({ row, cell, entry }) => html`<${Line} key=${entry.id} ...${{ row, cell, entry }} edit=${entry.id === edit} />`)}
    ${cells.filter(({ cell }) => cell.status === "refused").map(({ row, cell }) => html`<p key=${row.key} class="alert" role="alert"><${Icon} name="alert" /><span><bdi>${row.project.name}</bdi>: ${explain(cell.problem)}</span></p>`)}
    ${!all.length && !adding && html`<p class="empty">${t("week.no-lines")}</p>`}
    ${adding === "choose" ? html`<section class="card new-line"><${Choose} label=${t("week.project-and-task")} choose=${(c) => setAdding(c)} /></section>`
      : adding ? html`<${Form} row=${asRow(adding)} save=${(fields) => { setAdding(null); addEntry(asRow(adding), date, fields); }} cancel=${() => setAdding(null)} />`
        : !shut && html`<button class="btn" onClick=${() => setAdding("choose")}><${Icon} name="plus" />${t("week.add-line")}</button>`}</div><//>`;
}

const turn = (open, close, date) => guarded(() => { close(); setTimeout(() => open.lines(date)); });
const asRow = ({ project, task }) => ({ project, task, billable: project.billable, tags: [] });

function Line({ row, cell, entry, edit }) {
  const [editing, setEditing] = useState(edit), button = useRef(), may = (action) => entry.allowed_actions.includes(action);
  const done = () => { setEditing(false); setTimeout(() => button.current?.focus()); };
  if (editing) return html`<${Form} ...${{ row, entry, edit }} save=${(fields) => { done(); changeEntry(entry, fields); }} cancel=${done} />`;
  const remove = () => { removeEntry(entry); say(t("week.line-removed"), { action: t("app.undo"), act: undo, seconds: 10 }); };
  return html`<article class="card line" data-status=${cell.status}><header><${Dot} id=${row.project.id} /><p><b><bdi>${row.project.name}</bdi></b> <bdi>${entry.task}</bdi></p><b class="num">${clock(entry.minutes)}</b></header>
    <p class="fine">${entry.start ? html`<span class="num">${entry.start}–${entry.end}</span>${entry.break_minutes ? ` · ${t("week.break-of", { hours: clock(entry.break_minutes) })}` : ""} · ` : ""}${t(entry.billable ? "week.billable" : "week.not-billable")}${entry.tags.map((tag) => html` <em key=${tag}><bdi>${tag}</bdi></em>`)}</p>
    ${entry.note && html`<p class="note-text"><bdi>${entry.note}</bdi></p>`}
    ${entry.state === "rejected" && entry.comment && html`<p class="alert"><${Icon} name="note" /><span><bdi>${entry.comment}</bdi></span></p>`}
    ${!may("update") && html`<p class="fine"><${Icon} name="lock" /> ${cell.reason}</p>`}
    ${(may("update") || may("delete")) && html`<footer class="acts">${may("update") && html`<button class="btn" ref=${button} onClick=${() => setEditing(true)}>${t("week.edit")}</button>`}${may("delete") && html`<button class="btn quiet" onClick=${remove}><${Icon} name="trash" />${t("week.delete")}</button>`}</footer>`}</article>`;
}

const at = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Why it is no time of a day, with what may have been meant. */
const noTime = (text) => (meantMinutes(text) ? t("week.quick-meant", { text: meantMinutes(text) }) : t("week.no-time"));

/** Duration, or start and end, from which it follows. edit: it is the note that one came for. */
function Form({ row, entry, edit, save, cancel }) {
  const form = useRef();
  useLayoutEffect(() => { form.current.querySelector(edit ? "textarea" : ".fields input:not([disabled])").focus(); }, []);
  const [said, setSaid] = useState({ time: format(entry?.minutes ?? 0), start: entry?.start ?? "", end: entry?.end ?? "", rest: format(entry?.break_minutes ?? 0), note: entry?.note ?? "", tags: (entry?.tags ?? row.tags).join(", "), task: entry?.task ?? row.task, billable: entry?.billable ?? row.billable });
  const first = useMemo(() => said, []), [wrong, setWrong] = useState(null), put = (name) => (e) => setSaid({ ...said, [name]: e.currentTarget.type === "checkbox" ? e.currentTarget.checked : e.currentTarget.value });
  useUnsaved(JSON.stringify(said) !== JSON.stringify(first));
  const timed = said.start && said.end, rest = parse(said.rest), worked = timed ? at(said.end) - at(said.start) - (rest ?? 0) : parse(said.time);
  const send = (e) => {
    e.preventDefault();
    if (!timed && (said.start || said.end)) { setWrong(t("week.both-times")); return; }
    if (timed ? rest === null : !worked) { setWrong(noTime(timed ? said.rest : said.time)); return; }
    if (worked <= 0) { setWrong(t("week.end-before-start")); return; }
    const tags = [...new Set(said.tags.split(",").map((tag) => tag.trim()).filter(Boolean))].slice(0, 20);
    save({ minutes: worked, start: timed ? said.start : null, end: timed ? said.end : null, break_minutes: timed ? rest : 0, note: said.note.trim(), tags, task: said.task.trim(), billable: said.billable });
  };
  const field = (name, more = {}) => html`<label class="field"><span class="label">${t(`week.field.${name}`)}</span><input class="input" value=${said[name]} autocomplete="off" onInput=${put(name)} ...${more} /></label>`;
  return html`<form class="card line form" ref=${form} onSubmit=${send} aria-label="${row.project.name}"><header><${Dot} id=${row.project.id} /><p><b><bdi>${row.project.name}</bdi></b></p>${worked > 0 && html`<b class="num">${clock(worked)}</b>`}</header>
    ${wrong && html`<p class="alert" role="alert"><${Icon} name="alert" /><span>${wrong}</span></p>`}
    <div class="fields">${field("time", { disabled: Boolean(timed), value: timed ? clock(Math.max(0, worked)) : said.time })}${field("start", { type: "time" })}${field("end", { type: "time" })}${field("rest", { placeholder: "0:30", disabled: !timed })}</div>
    ${row.project.tasks_only ? html`<label class="field"><span class="label">${t("week.field.task")}</span><select class="input" value=${said.task} onChange=${put("task")}><option value="">${t("week.no-task")}</option>${row.project.tasks.map((task) => html`<option key=${task}>${task}</option>`)}</select></label>`
      : html`${field("task", { list: `tasks-${row.project.id}`, maxlength: 200 })}<datalist id=${`tasks-${row.project.id}`}>${row.project.tasks.map((task) => html`<option key=${task} value=${task} />`)}</datalist>`}
    <label class="field"><span class="label">${t("week.field.note")}</span><textarea class="input" autofocus=${Boolean(edit)} maxlength="2000" value=${said.note} onInput=${put("note")} /></label>
    ${field("tags")}
    <label class="check"><input type="checkbox" checked=${said.billable} onChange=${put("billable")} /><span>${t("week.field.billable")}</span></label>
    <div class="form-foot"><button type="button" class="btn" onClick=${cancel}>${t("app.cancel")}</button><button class="btn primary">${t("app.save")}</button></div></form>`;
}
