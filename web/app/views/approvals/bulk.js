import { html, useState } from "../../vendor/preact.js";
import { post } from "../../lib/api.js";
import { signIn } from "../../lib/session.js";
import { t } from "../../lib/i18n.js";
import { clock, sum, uuid } from "../../lib/time.js";
import { Dialog, explain, Icon } from "../../lib/ui.js";
import { refreshInbox } from "../../lib/inbox.js";
import { nameOf } from "./data.js";
import { maxAge } from "./held.js";
import { weekOf } from "./row.js";

/** Lists what is about to be approved, as it was seen; the server goes by each one's revision. done(result) when it answered. */
export function ApproveMany({ periods, close, done }) {
  const [state, set] = useState({});
  const [key] = useState(uuid); // one for all attempts: an answer that was lost is told again
  const send = async () => {
    set({ busy: true });
    const items = periods.map((p) => ({ period_id: p.id, etag: `"${p.revision}"`, decision: "approved" }));
    try {
      done((await post("/approvals", { items }, { headers: { "Idempotency-Key": key } })).body);
      refreshInbox();
    } catch (error) { set({ error }); }
  };
  const fresh = state.error && maxAge(state.error);
  const again = () => {
    sessionStorage.setItem("approve-many", JSON.stringify(periods.map((p) => p.id)));
    signIn({ maxAge: fresh, returnTo: "/app/approvals" });
  };
  return html`<${Dialog} title=${t("approvals.approve-n", { n: periods.length })} close=${close}>
    <p>${t("approvals.confirm", { hours: clock(sum(periods.map((p) => p.minutes))) })}</p>
    <ul class="sure">${periods.map((p) => html`<li key=${p.id}><b><bdi>${nameOf(p.user_id)}</bdi></b>
      <span class="fine">${weekOf(p)}</span><span class="num">${clock(p.minutes)}</span></li>`)}</ul>
    ${state.error && html`<div class="alert" role="alert"><${Icon} name="alert" />
      <span>${fresh !== undefined ? t("approvals.fresh-many") : explain(state.error)}</span></div>`}
    <div class="form-foot"><button class="btn" onClick=${close}>${t("app.cancel")}</button>
      ${fresh !== undefined ? html`<button class="btn primary" onClick=${again}>${t("app.sign-in")}</button>`
        : html`<button class="btn primary" disabled=${state.busy} onClick=${send}>${t("approvals.approve-n", { n: periods.length })}</button>`}</div>
  </${Dialog}>`;
}

/** Whoever was sent to sign in comes back to the same question: the ids that were about to be approved. */
export function askedBefore() {
  const ids = JSON.parse(sessionStorage.getItem("approve-many") ?? "null");
  sessionStorage.removeItem("approve-many");
  return ids;
}

/** "11 approved, 1 changed meanwhile", and which ones those are. */
export function Result({ result, close }) {
  const failed = result.results.filter((r) => r.problem), n = result.results.length - failed.length;
  const changed = failed.filter((r) => r.problem === "stale-review").length, words = [
    n > 0 && t("approvals.n-approved", { n }), changed > 0 && t("approvals.n-changed", { n: changed }),
    failed.length > changed && t("approvals.n-refused", { n: failed.length - changed }),
  ].filter(Boolean).join(", ");
  const one = (r) => html`<li key=${r.period_id}><a href=${`/app/approvals/${r.period_id}`}><bdi>${nameOf(owner(r.period_id))}</bdi>: ${t("approvals.review")}</a>
    ${r.problem !== "stale-review" && html` <bdi>${r.detail}</bdi>`}</li>`;
  return html`<div class="alert ${failed.length ? "warn" : "ok"} ap-result" role="status"><${Icon} name=${failed.length ? "alert" : "check"} />
    <div><b>${words}</b>${failed.length > 0 && html`<ul>${failed.map(one)}</ul>`}</div>
    <button class="btn quiet only-icon" aria-label=${t("app.close")} onClick=${close}><${Icon} name="x" /></button></div>`;
}
const owner = (period) => period.replace(/^per_[^_]*_/, "");
