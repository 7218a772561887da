import { html, useRef, useState } from "../../vendor/preact.js";
import { post } from "../../lib/api.js";
import { signIn } from "../../lib/session.js";
import { t } from "../../lib/i18n.js";
import { clock, sum, uuid } from "../../lib/time.js";
import { Dialog, explain, Icon } from "../../lib/ui.js";
import { refreshInbox } from "../../lib/inbox.js";
import { nameOf, weekOf } from "./data.js";
import { draftOf, tearUp, write } from "./draft.js";
import { maxAge } from "./held.js";
import { Phrases } from "./phrases.js";

/**
 * Lists what is about to be decided about, as it was seen; the server goes by each one's revision. What is sent back gets the same
 * words. done(result) when it answered.
 */
export function DecideMany({ periods, decision, close, done }) {
  const [state, set] = useState({}), field = useRef(), rejects = decision === "rejected", comment = rejects ? draftOf("many").comment : "";
  const [key, renew] = useState(uuid); // one for all attempts with these words: an answer that was lost is told again
  const say = (now) => { write("many", { comment: now }); renew(uuid()); };
  const bad = state.wanting && !comment.trim();
  const send = async () => {
    if (rejects && !comment.trim()) { set({ wanting: true }); return field.current.querySelector("textarea").focus(); }
    set({ busy: true });
    const items = periods.map((p) => ({ period_id: p.id, etag: `"${p.revision}"`, decision, comment: comment.trim() }));
    try {
      const { body } = await post("/approvals", { items }, { headers: { "Idempotency-Key": key } });
      if (rejects) tearUp("many");
      done(body);
      refreshInbox();
    } catch (error) { set({ error }); }
  };
  const fresh = state.error && maxAge(state.error);
  const again = () => {
    sessionStorage.setItem("decide-many", JSON.stringify({ ids: periods.map((p) => p.id), decision }));
    signIn({ maxAge: fresh, returnTo: "/app/approvals" });
  };
  const what = t(rejects ? "approvals.reject-n" : "approvals.approve-n", { n: periods.length });
  return html`<${Dialog} title=${what} close=${close}>
    <p>${t("approvals.confirm", { hours: clock(sum(periods.map((p) => p.minutes))) })}</p>
    <${Sure} periods=${periods} />
    ${rejects && html`<div class="field" ref=${field}><label for="many-words">${t("approvals.words-n")}</label>
      <textarea id="many-words" class="input" rows="3" maxlength="2000" value=${comment} aria-invalid=${!!bad} aria-describedby="many-wanting"
        onInput=${(e) => say(e.target.value)} />
      <p id="many-wanting" role="alert" class=${bad ? "error" : "sr"}>${bad && html`<${Icon} name="alert" />${t("approvals.words-needed")}`}</p>
      <${Phrases} comment=${comment} use=${(more) => say(comment.trim() ? `${comment.trim()} ${more}` : more)} /></div>`}
    ${state.error && html`<div class="alert" role="alert"><${Icon} name="alert" />
      <span>${fresh !== undefined ? t("approvals.fresh-many") : explain(state.error)}</span></div>`}
    <div class="form-foot"><button class="btn" onClick=${close}>${t("app.cancel")}</button>
      ${fresh !== undefined ? html`<button class="btn primary" onClick=${again}>${t("app.sign-in")}</button>`
        : html`<button class="btn ${rejects ? "bad" : "primary"}" disabled=${state.busy} onClick=${send}>
          <${Icon} name=${rejects ? "undo" : "check"} />${what}</button>`}</div>
  </${Dialog}>`;
}

/** Whose periods they are, and how much is in them: a long list is scrolled in, by keys too. */
export const Sure = ({ periods }) => html`<ul class="sure" tabindex="0" aria-label=${t("approvals.whose")}>${periods.map((p) => html`<li key=${p.id}>
  <b><bdi>${nameOf(p.user_id)}</bdi></b><span class="fine">${weekOf(p)}</span><span class="num">${clock(p.minutes)}</span></li>`)}</ul>`;

/** Whoever was sent to sign in comes back to the same question, {ids, decision}; the words are kept like all others. */
export function askedBefore() {
  const asked = JSON.parse(sessionStorage.getItem("decide-many") ?? "null");
  sessionStorage.removeItem("decide-many");
  return asked;
}

/** What the API tells of each, in a few words, and which ones are to be looked at: "11 approved, 1 changed meanwhile". */
export function Result({ result, close }) {
  const { results, decision } = result, failed = results.filter((r) => r.problem), n = results.length - failed.length;
  const changed = failed.filter((r) => r.problem === "stale-review").length, words = [
    n > 0 && t(decision === "rejected" ? "approvals.n-rejected" : "approvals.n-approved", { n }),
    changed > 0 && t("approvals.n-changed", { n: changed }),
    failed.length > changed && t("approvals.n-refused", { n: failed.length - changed }),
  ].filter(Boolean).join(", ");
  const one = (r) => html`<li key=${r.period_id}>
    <a href=${`/app/approvals/${r.period_id}`}><bdi>${nameOf(owner(r.period_id))}</bdi>: ${t("approvals.review")}</a>
    ${r.problem !== "stale-review" && html` <bdi>${r.detail}</bdi>`}</li>`;
  return html`<${Told} good=${!failed.length} words=${words} close=${close}>${failed.length > 0 && html`<ul>${failed.map(one)}</ul>`}</${Told}>`;
}

/** What came of many things at once. */
export const Told = ({ good, words, close, children }) => html`<div class="alert ${good ? "ok" : "warn"} ap-result" role="status">
  <${Icon} name=${good ? "check" : "alert"} /><div><b>${words}</b>${children}</div>
  <button class="btn quiet only-icon" aria-label=${t("app.close")} onClick=${close}><${Icon} name="x" /></button></div>`;
export const owner = (period) => period.replace(/^per_[^_]*_/, "");
