import { html } from "../vendor/preact.js";
import { day, t } from "../lib/i18n.js";
import { flush, keepMine, refused, takeTheirs, waiting } from "../lib/outbox.js";
import { clock } from "../lib/time.js";
import { Dialog, Icon } from "../lib/ui.js";
import { reason } from "../lib/unsent.js";
import { useNames } from "./outbox/names.js";

/** What is not sent yet, why, and what the person can do about each. leave: they were about to sign out. */
export default function Outbox({ close, leave }) {
  const names = useNames();
  const none = !waiting.value.length && !refused.value.length;
  return html`<${Dialog} title=${t(leave ? "outbox.leave-title" : "outbox.title")} close=${close}>
    ${leave && !none && html`<p class="alert warn"><${Icon} name="alert" /><span>${t("outbox.leave", { n: waiting.value.length + refused.value.length })}</span></p>`}
    <div class="outbox" aria-live="polite">
      ${none && html`<p class="empty">${t("outbox.none")}</p>`}
      ${refused.value.map((one) => html`<${Refused} key=${one.write.seq} one=${one} names=${names} />`)}
      ${waiting.value.length > 0 && html`<section><h3>${t("outbox.waiting", { n: waiting.value.length })}</h3><p class="fine">${reason()}</p>
        <ul>${waiting.value.map((w) => html`<li key=${w.seq}><${What} write=${w} names=${names} /></li>`)}</ul></section>`}
    </div>
    <div class="form-foot">
      ${leave && html`<button class="btn bad" onClick=${leave}>${t(none ? "app.sign-out" : "outbox.leave-anyway")}</button>`}
      ${waiting.value.length > 0 && html`<button class="btn primary" onClick=${() => flush({ now: true })}>${t("outbox.send")}</button>`}
      ${!leave && waiting.value.length === 0 && html`<button class="btn" onClick=${close}>${t("app.close")}</button>`}
    </div>
  </${Dialog}>`;
}

/** "Mon 16 Nov · Website · 2:30", as far as it is known what the write is about. */
function What({ write, names }) {
  const { date, project, hours, what } = told(write, names);
  return html`<b>${date ? day(date, { weekday: "short", day: "numeric", month: "short" }) : t("outbox.change")}</b>
    ${project && html` · <bdi>${project}</bdi>`}${hours && html` · <span class="num">${hours}</span>`}${what && html` · ${what}`}`;
}

function told({ method, path, body, about = {}, theirs }, names) {
  const all = { ...theirs?.body, ...about, ...(Array.isArray(body) ? {} : body) };
  return {
    date: all.date, project: names.get(all.project_id ?? all.project) ?? about.task,
    hours: all.minutes ? clock(all.minutes) : "", what: method === "DELETE" ? t("outbox.deleted") : path.endsWith("/submission") ? t("outbox.submitted") : "",
  };
}

/** Both sides of what can't be both. */
function Refused({ one, names }) {
  const { write, problem, theirs } = one, conflict = problem.status === 412 && theirs, gone = problem.status === 404;
  return html`<section class="refusal" aria-label=${t("outbox.refused")}>
    <h3><${What} write=${write} names=${names} /></h3>
    <p class="fine">${conflict ? t("outbox.conflict") : gone ? t("outbox.gone") : problem.detail}</p>
    ${problem.errors?.map((e) => html`<p key=${e.pointer} class="fine">${e.detail}</p>`)}
    ${conflict && html`<div class="sides">
      <div><h4>${t("outbox.mine")}</h4><${Side} fields=${differing(write, theirs)} from=${{ ...theirs.body, ...write.body }} gone=${write.method === "DELETE"} names=${names} /></div>
      <div><h4>${t("outbox.theirs")}</h4><${Side} fields=${differing(write, theirs)} from=${theirs.body} names=${names} /></div></div>`}
    <div class="acts">
      <button class="btn primary" onClick=${() => keepMine(one)}>${t(conflict ? "outbox.keep-mine" : gone ? "outbox.bring-back" : "outbox.again")}</button>
      <button class="btn" onClick=${() => takeTheirs(one)}>${t(conflict ? "outbox.take-theirs" : "outbox.discard")}</button>
    </div></section>`;
}

const shownFields = ["minutes", "date", "project_id", "task", "note", "start", "end", "break_minutes", "billable", "tags"];
const differing = ({ body }, theirs) => shownFields.filter((f) => f === "minutes" || (body && f in body && JSON.stringify(body[f] ?? "") !== JSON.stringify(theirs.body[f] ?? "")));

function Side({ fields, from, gone, names }) {
  if (gone) return html`<p>${t("outbox.deleted")}</p>`;
  return html`<dl>${fields.map((f) => html`<div key=${f}><dt>${t(`outbox.fields.${f.replace("_", "-")}`)}</dt><dd class="num"><bdi>${inWords(f, from[f], names)}</bdi></dd></div>`)}</dl>`;
}

function inWords(field, value, names) {
  if (field === "minutes" || field === "break_minutes") return clock(value ?? 0);
  if (field === "project_id") return names.get(value) ?? value;
  if (field === "billable") return t(value ? "outbox.yes" : "outbox.no");
  return [value].flat().filter(Boolean).join(", ") || "–";
}
