import { html, signal, useState } from "../../vendor/preact.js";
import { all, post } from "../../lib/api.js";
import { day, t } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { uuid } from "../../lib/time.js";
import { Dialog, explain, Icon, say } from "../../lib/ui.js";
import { owner, Sure } from "./bulk.js";
import { dayInUTC, idle, knowPeople, nameOf, standsIn, weekOf } from "./data.js";

/** What came of reminders since the page was opened: period id -> {problem, detail}. */
const told = signal(new Map());
const most = 200; // that one request takes

/** A period that isn't over is nothing to remind of, nor is what somebody was reminded of already. */
const open = (p) => p.end < dayInUTC() && !told.value.has(p.id);

async function remind(periods, key) {
  const { body } = await post("/approvals/reminders", { period_ids: periods.map((p) => p.id) }, { headers: { "Idempotency-Key": key } });
  told.value = new Map([...told.value, ...body.results.map((r) => [r.period_id, r])]);
  return body.results;
}

/** "5 reminded, 1 was already reminded", and why others were not. */
export function remindedWords(results) {
  const n = (of) => results.filter(of).length, already = n((r) => r.problem === "already-reminded"), fine = n((r) => !r.problem);
  const refused = results.length - fine - already;
  return [fine && t("approvals.n-reminded", { n: fine }), already && t("approvals.n-already", { n: already }),
    refused && t("approvals.n-not-reminded", { n: refused })].filter(Boolean).join(", ");
}

/** The button over the list; ask(periods) shows whom it would remind. Where the list goes on, the rest is read first. */
export function RemindAll({ rows, next, ask }) {
  const [busy, set] = useState(false), here = rows.filter(open);
  const gather = async () => {
    if (!next) return ask(here.slice(0, most));
    set(true);
    try {
      const found = [...await all(`/approvals?state=open&limit=${most}`, { most }), ...idle.value].filter(open).slice(0, most);
      await knowPeople(found.map((p) => p.user_id));
      ask(found);
    } catch (e) { say(explain(e)); } finally { set(false); }
  };
  return html`<button class="btn primary" disabled=${busy || !here.length} onClick=${gather}><${Icon} name="bell" />
    ${t(next || !here.length ? "approvals.remind-everybody" : "approvals.remind-all", { n: here.length })}</button>`;
}

/** Lists who is about to be reminded. done(results) when the server answered. */
export function RemindMany({ periods, close, done }) {
  const [state, set] = useState({}), [key] = useState(uuid);
  const send = async () => {
    set({ busy: true });
    try { done(await remind(periods, key)); } catch (error) { set({ error }); }
  };
  return html`<${Dialog} title=${t("approvals.remind-n", { n: periods.length })} close=${close}>
    <p>${t("approvals.remind-means")}</p>
    <${Sure} periods=${periods} />
    ${state.error && html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${explain(state.error)}</span></div>`}
    <div class="form-foot"><button class="btn" onClick=${close}>${t("app.cancel")}</button>
      <button class="btn primary" disabled=${state.busy} onClick=${send}><${Icon} name="bell" />${t("approvals.remind-n", { n: periods.length })}</button></div>
  </${Dialog}>`;
}

/** Who couldn't be reminded, and why; that somebody was reminded already says enough. */
export function RefusedReminders({ results }) {
  const refused = results.filter((r) => r.problem && r.problem !== "already-reminded");
  return refused.length > 0 && html`<ul>${refused.map((r) => html`<li key=${r.period_id}>
    <bdi>${nameOf(owner(r.period_id))}</bdi>: <bdi>${r.detail}</bdi></li>`)}</ul>`;
}

/** Whether one decides about it once it is submitted, and so may ask for it. */
export const reminds = (p) => p.user_id !== me.value.id && ["open", "rejected"].includes(p.state) && !p.locked_reason && (p.approvers.includes(me.value.id) || Boolean(standsIn(p)));

/** One button, and what came of it. */
export function Remind({ period: p }) {
  const [busy, set] = useState(false), name = nameOf(p.user_id), result = told.value.get(p.id);
  const send = async () => {
    set(true);
    try {
      const [one] = await remind([p], uuid());
      const words = t(one.problem ? "approvals.was-reminded" : "approvals.is-reminded", { name });
      say(one.problem && one.problem !== "already-reminded" ? one.detail : words);
    } catch (e) { say(explain(e)); } finally { set(false); }
  };
  if (p.end >= dayInUTC()) {
    return html`<div class="ask fine">${t("approvals.runs-until", { date: day(p.end, { weekday: "short", day: "numeric", month: "short" }) })}</div>`;
  }
  if (result?.problem && result.problem !== "already-reminded") return html`<div class="ask fine"><bdi>${result.detail}</bdi></div>`;
  if (result) {
    return html`<div class="ask fine ${result.problem ? "" : "told"}"><${Icon} name="check" />
      ${t(result.problem ? "approvals.was-reminded-here" : "approvals.is-reminded-here")}</div>`;
  }
  const of = t("approvals.remind-of", { name, week: weekOf(p) });
  return html`<div class="ask"><button class="btn" disabled=${busy} aria-label=${of} onClick=${send}>
    <${Icon} name="bell" />${t("approvals.remind")}</button></div>`;
}
