import { html } from "../../vendor/preact.js";
import { day, t } from "../../lib/i18n.js";
import { clock } from "../../lib/time.js";
import { Chip, Dot } from "../../lib/ui.js";
import { draftOf, write } from "./draft.js";
import { projectName } from "./sheet.js";

let marking = null; // the line whose field comes next and is to be written in

/** Every line with its note; each can be rejected with words of its own, where it is one's to decide. */
export function Lines({ period, entries, wanting }) {
  const draft = draftOf(period.id), whole = period.allowed_actions.includes("reject");
  const say = (id, words) => write(period.id, { lines: { ...draft.lines, [id]: words } });
  const mark = (id) => { marking = id; say(id, ""); };
  const leave = (id) => { const { [id]: _, ...lines } = draft.lines; write(period.id, { lines }); };
  return html`<ul class="ap-lines">${entries.map((e) => {
    const marked = e.id in draft.lines, can = whole && e.allowed_actions.includes("reject");
    return html`<li key=${e.id} class=${marked ? "marked" : ""}>
      <div class="line"><span class="when">${day(e.date, { weekday: "short", day: "numeric" })}</span>
        <div><b><${Dot} id=${e.project_id} /><bdi>${projectName(e.project_id)}</bdi></b>${e.task && html` <bdi>${e.task}</bdi>`}
          <span class="fine">${[e.start && `${e.start}–${e.end}`, e.billable && t("approvals.is-billable")].filter(Boolean).join(" · ")}</span>
          ${e.tags.map((tag) => html`<span key=${tag} class="tag"><bdi>${tag}</bdi></span>`)}
          ${e.note && html`<p class="words"><bdi>${e.note}</bdi></p>`}
          ${e.comment && html`<p class="words theirs"><bdi>${e.comment}</bdi></p>`}
          ${e.state !== period.state && html`<${Chip} state=${e.state} />`}</div>
        <span class="num">${clock(e.minutes)}</span>
        ${can && html`<button class="btn quiet" aria-pressed=${String(marked)} onClick=${() => (marked ? leave(e.id) : mark(e.id))}>
          ${t(marked ? "approvals.keep-line" : "approvals.reject-line")}</button>`}</div>
      ${marked && html`<div class="field"><label for=${`words-${e.id}`}>${t("approvals.line-words")}</label>
        <input id=${`words-${e.id}`} class="input" maxlength="2000" value=${draft.lines[e.id]}
          aria-invalid=${wanting && !draft.lines[e.id].trim() && !draft.comment.trim()}
          ref=${(field) => { if (field && marking === e.id) { marking = null; field.focus(); field.scrollIntoView({ block: "nearest" }); } }}
          onInput=${(ev) => say(e.id, ev.target.value)} /></div>`}
    </li>`;
  })}</ul>`;
}
