import { html, useState } from "../../vendor/preact.js";
import { post } from "../../lib/api.js";
import { signIn } from "../../lib/session.js";
import { t } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { explain, Icon } from "../../lib/ui.js";
import { uuid } from "../../lib/time.js";
import { refreshInbox } from "../../lib/inbox.js";
import { nameOf, weekOf } from "./data.js";
import { draftOf, tearUp, write } from "./draft.js";
import { hold, maxAge } from "./held.js";
import { Phrases } from "./phrases.js";

/** The lines that wait for one's decision each by itself: of a sheet that was sent back, those that were not. */
export const waiting = (entries) => entries.filter((e) => e.allowed_actions.includes("approve"));

/** Puts a decision on hold, if it can be taken; gives why not as a key of words. */
export function decide(decision, { period, entries }) {
  const about = { period: period.id, revision: period.revision, name: nameOf(period.user_id), week: weekOf(period), decision };
  const each = (lines) => lines.map((e) => ({ id: e.id, revision: e.revision }));
  if (!period.allowed_actions.includes(decision === "approved" ? "approve" : "reject")) {
    const left = decision === "approved" && period.state === "rejected" ? waiting(entries) : [];
    if (left.length) hold({ ...about, comment: "", lines: [], rest: each(left) });
    return left.length ? null : "not-yours";
  }
  const { comment, lines, rest } = draftOf(period.id), marked = entries.filter((e) => e.id in lines);
  if (decision === "approved" && marked.length) return "lines-marked";
  const wordless = marked.length ? marked.some((e) => !lines[e.id].trim()) : true;
  if (decision === "rejected" && wordless && !comment.trim()) return marked.length ? "line-words-needed" : "words-needed";
  const others = rest && marked.length ? waiting(entries).filter((e) => !(e.id in lines)) : [];
  hold({ ...about, comment: comment.trim(), lines: marked.map((e) => ({ id: e.id, comment: lines[e.id].trim() })), rest: each(others) });
  tearUp(period.id);
  return null;
}

/** The words and the two buttons. wanting says why the last try didn't go. */
export function Decide({ sheet, act, wanting }) {
  const { period, entries } = sheet, draft = draftOf(period.id), marked = entries.filter((e) => e.id in draft.lines).length;
  const others = waiting(entries).filter((e) => !(e.id in draft.lines)).length;
  const bad = wanting === "words-needed" && !draft.comment.trim() && !marked; // what was said goes once it is mended
  const told = wanting && (wanting !== "words-needed" || bad) && (wanting !== "lines-marked" || marked > 0);
  const add = (words) => write(period.id, { comment: draft.comment.trim() ? `${draft.comment.trim()} ${words}` : words });
  return html`<div class="decide">
    <div class="field"><label for="decision-words">${t("approvals.words", { name: nameOf(period.user_id) })}</label>
      <textarea id="decision-words" class="input" rows="2" maxlength="2000" value=${draft.comment} aria-invalid=${bad} aria-describedby="wanting"
        onInput=${(e) => write(period.id, { comment: e.target.value })} />
      <${Phrases} comment=${draft.comment} use=${add} /></div>
    ${marked > 0 && others > 0 && html`<label class="check"><input type="checkbox" checked=${draft.rest}
      onChange=${(e) => write(period.id, { rest: e.target.checked })} /><span>${t("approvals.approve-rest", { n: others })}</span></label>`}
    <p id="wanting" role="alert" class=${told ? "error" : "sr"}>${told && html`<${Icon} name="alert" />${t(`approvals.${wanting}`)}`}</p>
    <div class="acts">
      <button class="btn primary" disabled=${marked > 0} aria-keyshortcuts="a" onClick=${() => act("approved")}><${Icon} name="check" />
        ${t("approvals.approve")}<kbd>A</kbd></button>
      <button class="btn bad" aria-keyshortcuts="r" onClick=${() => act("rejected")}><${Icon} name="undo" />
        ${marked ? t("approvals.reject-lines", { n: marked }) : t("approvals.reject")}<kbd>R</kbd></button>
      <span class="fine">${t("approvals.sent-later")}</span></div>
  </div>`;
}

/** Of a sheet that was sent back for some lines, the others can be approved meanwhile. */
export const ApproveRest = ({ n, act }) => html`<div class="decide"><p>${t("approvals.rest-waits", { n })}</p><div class="acts">
  <button class="btn primary" aria-keyshortcuts="a" onClick=${() => act("approved")}><${Icon} name="check" />
    ${t("approvals.approve-waiting", { n })}<kbd>A</kbd></button>
  <span class="fine">${t("approvals.sent-later")}</span></div></div>`;

/** Why somebody can't decide about it. */
export function CannotDecide({ period }) {
  const who = period.approvers.filter((id) => id !== me.value.id).map(nameOf).join(", ");
  const key = period.user_id === me.value.id ? "own" : period.state === "submitted" ? "four-eyes-waits" : `is-${period.state}`;
  return html`<p class="fine cannot"><${Icon} name="lock" /><span>${t(`approvals.${key}`, { who: who || t("approvals.an-administrator") })}</span></p>`;
}

/** An approved period can be reopened with words. */
export function Reopen({ period, done }) {
  const [state, set] = useState({}), draft = draftOf(period.id), [key] = useState(uuid);
  const send = async () => {
    if (!draft.comment.trim()) { set({ wanting: true }); return document.getElementById("decision-words").focus(); }
    set({ busy: true });
    try {
      await post(`/periods/${period.id}/reopening`, { reason: draft.comment.trim() }, { headers: { "If-Match": `"${period.revision}"`, "Idempotency-Key": key } });
      tearUp(period.id);
      refreshInbox();
      done();
    } catch (error) { set({ error, fresh: maxAge(error) }); }
  };
  return html`<div class="decide"><div class="field"><label for="decision-words">${t("approvals.reopen-why")}</label>
      <textarea id="decision-words" class="input" rows="2" maxlength="2000" value=${draft.comment} aria-invalid=${!!state.wanting}
        onInput=${(e) => write(period.id, { comment: e.target.value })} />
      <p class="fine">${t("approvals.reopen-means")}</p></div>
    ${state.wanting && !draft.comment.trim() && html`<p class="error" role="alert"><${Icon} name="alert" />
      ${t("approvals.words-needed")}</p>`}
    ${state.error && state.fresh === undefined && html`<div class="alert" role="alert"><${Icon} name="alert" />
      <span>${state.error.status === 412 ? t("approvals.stale") : explain(state.error)}</span></div>`}
    <div class="acts">${state.fresh !== undefined
      ? html`<p>${t("approvals.fresh-first")}</p><button class="btn primary" onClick=${() => signIn({ maxAge: state.fresh })}>${t("app.sign-in")}</button>`
      : html`<button class="btn" disabled=${state.busy} onClick=${send}><${Icon} name="undo" />${t("approvals.reopen")}</button>`}</div></div>`;
}
