import { html, useEffect, useSignal } from "../../../vendor/preact.js";
import { get, post, query } from "../../../lib/api.js";
import { day, t } from "../../../lib/i18n.js";
import { useLoad } from "../../../lib/load.js";
import { Failure, Loading } from "../../../lib/ui.js";
import { words } from "../deeds.js";
import { attempt, Field } from "../parts.js";
import { usePages } from "../pages.js";

const chip = { waiting: "submitted", delivered: "approved", given_up: "rejected" };
const soon = 5000; // while something waits, it is looked again

/** What a webhook was told, and how that went. tried changes when there is something new; told() hears that something may have come of it. */
export function Deliveries({ id, enabled, tried, told }) {
  const state = useSignal(""), pages = usePages(query(`/webhooks/${encodeURIComponent(id)}/deliveries`, { state: state.value, limit: 20 }), [tried]);
  const list = pages.list, waits = list?.some((d) => d.state === "waiting") && list.length <= 20;
  useEffect(() => { const timer = waits && setInterval(() => document.hidden || Promise.all([pages.reload(), told()]), soon); return () => clearInterval(timer); }, [waits, state.value]);
  const again = (d) => attempt(async () => { await post(`/webhook-deliveries/${d.id}/redelivery`, {}); await pages.reload(); }, t("webhooks.sent-again"));
  return html`<section class="card"><div class="pad-head"><h2>${t("webhooks.deliveries")}</h2><${Field} label=${t("webhooks.show")} value=${state.value} onInput=${(v) => { state.value = v; }}
      list=${[["", t("webhooks.all")], ...Object.keys(chip).map((s) => [s, t("webhooks.states." + s)])]} /></div>
    ${pages.error ? html`<${Failure} error=${pages.error} retry=${pages.reload} />` : !list ? html`<${Loading} />`
      : list.length === 0 ? html`<p class="empty">${t(state.value ? "webhooks.none-so" : "webhooks.no-deliveries")}</p>` : html`<${Table} list=${list} again=${enabled && again} />`}
    ${pages.more && html`<div class="pager"><span /><button class="btn" onClick=${pages.more}>${t("admin.more")}</button><span /></div>`}</section>`;
}

const when = (at) => day(at, { dateStyle: "medium", timeStyle: "medium" });

const Table = ({ list, again }) => html`<div class="table-wrap"><table class="table stack">
  <thead><tr><th scope="col">${t("webhooks.event")}</th><th scope="col">${t("webhooks.state")}</th><th scope="col">${t("webhooks.when")}</th><th scope="col"><span class="sr">${t("grants.acts")}</span></th></tr></thead>
  <tbody>${list.map((d) => html`<tr key=${d.id}><td>${d.event === "ping" ? t("webhooks.ping-event") : words(d.event)}<span class="second id">${d.id}</span></td>
    <td><span class="chip" data-s=${chip[d.state]}>${t("webhooks.states." + d.state)}</span><span class="second">${result(d)}</span>${d.state === "waiting" && d.attempts > 0 && html`<span class="second">${t("webhooks.next", { at: when(d.next_at) })}</span>`}</td>
    <td data-of=${t("webhooks.when")}><time datetime=${d.created_at}>${when(d.created_at)}</time></td>
    <td class="end">${again && html`<button class="btn" aria-label=${t("webhooks.again-of", { event: words(d.event) })} onClick=${() => again(d)}>${t("webhooks.again")}</button>`}</td></tr>`)}</tbody></table></div>`;

/** What came back last, and after how many attempts. */
const result = (d) => [d.attempts > 0 && t("webhooks.attempts", { n: d.attempts }), d.last_status && t("webhooks.answered", { status: d.last_status }), d.last_error].filter(Boolean).join(" · ");
