import { html, signal, useEffect, useState } from "../vendor/preact.js";
import { t } from "../lib/i18n.js";
import { go, url } from "../lib/router.js";
import { Failure, Icon, Loading } from "../lib/ui.js";
import { askedBefore, DecideMany, Result, Told } from "./approvals/bulk.js";
import { counts, idle, list, load, tabs, withIdle } from "./approvals/data.js";
import { Delegations } from "./approvals/delegations.js";
import { decided, Held, holds, resume, sendAll } from "./approvals/held.js";
import { useRowKeys } from "./approvals/keys.js";
import { Panel } from "./approvals/panel.js";
import { RemindAll, remindedWords, RemindMany, RefusedReminders } from "./approvals/remind.js";
import { Row } from "./approvals/row.js";

const chosen = signal(new Set()), result = signal(null), most = 200; // that one answer holds
const choose = (id) => { const now = new Set(chosen.value); if (!now.delete(id)) now.add(id); chosen.value = now; };
const tabOf = (address) => (tabs.includes(address.searchParams.get("tab")) ? address.searchParams.get("tab") : "submitted");
const at = (tab) => (tab === "submitted" ? "/app/approvals" : `/app/approvals?tab=${tab}`);
const open = (p) => p.allowed_actions.includes("approve") && !holds(p.id);

export default function Approvals({ id }) {
  const tab = tabOf(url.value), { rows: listed, next, error } = list.value.tab === tab ? list.value : {};
  const rows = listed && tab === "open" ? withIdle(listed, next) : listed;
  const [asking, ask] = useState(null), [delegating, delegate] = useState(false);
  useEffect(() => { resume(); return () => location.pathname.startsWith("/app/approvals") || sendAll(); }, []); // a mail's address leads on to ours
  useEffect(() => { chosen.value = new Set(); }, [tab]);
  useEffect(() => { load(tab); }, [tab, decided.value]);
  useEffect(() => {
    const before = listed && askedBefore();
    if (before) ask({ ...before, periods: listed.filter((p) => before.ids.includes(p.id) && open(p)) });
  }, [listed]);
  useRowKeys(!id && !asking && !delegating);
  const close = () => {
    go(at(tab));
    setTimeout(() => document.querySelector(`.ap-row a[href*="${CSS.escape(id)}"]`)?.focus()); // back to where one came from
  };
  const done = (answer) => { ask(null); result.value = answer; load(tab); chosen.value = new Set(); };
  return html`<div class="page approvals">
    <div class="page-head"><h1>${t("app.approvals")}</h1><div class="acts">
      <button class="btn" onClick=${() => delegate(true)}><${Icon} name="user" />${t("approvals.delegate")}</button>
      ${tab === "submitted" && rows?.length > 0 && html`<${Many} rows=${rows} ask=${ask} />`}
      ${tab === "open" && rows?.length > 0 && html`<${RemindAll} rows=${rows} next=${next} ask=${(periods) => ask({ periods, reminds: true })} />`}</div></div>
    <${Tabs} tab=${tab} />
    <${Outcome} />
    ${!id && html`<${Held} />`}
    ${error && html`<${Failure} error=${error} retry=${() => load(tab)} />`}
    ${!rows ? !error && html`<${Loading} />`
      : rows.length === 0 ? html`<p class="empty">${t(`approvals.empty-${tab}`)}</p>`
      : html`<ul class="card ap-rows">${rows.map((p) => html`<${Row} key=${p.id} period=${p} tab=${tab} chosen=${chosen.value.has(p.id)}
        choose=${choose} />`)}</ul>`}
    ${next && html`<button class="btn more" onClick=${() => load(tab, { more: true })}>${t("approvals.more")}</button>`}
    ${id && html`<${Panel} key=${id} id=${id} rows=${(rows ?? []).map((p) => p.id)} close=${close} />`}
    ${asking?.periods.length > 0 && (asking.reminds
      ? html`<${RemindMany} periods=${asking.periods} close=${() => ask(null)} done=${(results) => done({ results, reminds: true })} />`
      : html`<${DecideMany} ...${asking} close=${() => ask(null)} done=${(answer) => done({ ...answer, decision: asking.decision })} />`)}
    ${delegating && html`<${Delegations} close=${() => delegate(false)} />`}
  </div>`;
}

function Tabs({ tab }) {
  const n = (one) => (one === "open" && counts.value.open >= 0 ? counts.value.open + idle.value.length : counts.value[one]) ?? "";
  return html`<nav class="tabs" aria-label=${t("approvals.tabs")}>${tabs.map((one) => html`<a key=${one} href=${at(one)}
    aria-current=${one === tab ? "page" : undefined}>${t(`approvals.tab-${one}`)} <b class="num">${n(one)}</b></a>`)}</nav>`;
}

/** What came of the last thing that was done to many. */
function Outcome() {
  const close = () => { result.value = null; }, now = result.value;
  if (!now?.reminds) return now && html`<${Result} result=${now} close=${close} />`;
  return html`<${Told} good=${now.results.every((r) => !r.problem)} words=${remindedWords(now.results)} close=${close}>
    <${RefusedReminders} results=${now.results} /></${Told}>`;
}

/** What is chosen, else all that nothing is flagged in; only what was chosen can be sent back. */
function Many({ rows, ask }) {
  const some = rows.filter((p) => chosen.value.has(p.id) && open(p)).slice(0, most);
  const these = some.length ? some : rows.filter((p) => !p.flags.length && open(p)).slice(0, most);
  return html`${some.length > 0 && html`<button class="btn bad" onClick=${() => ask({ periods: some, decision: "rejected" })}>
      <${Icon} name="undo" />${t("approvals.reject-chosen", { n: some.length })}</button>`}
    ${these.length > 0 && html`<button class="btn primary" onClick=${() => ask({ periods: these, decision: "approved" })}>
      <${Icon} name="check" />${t(some.length ? "approvals.approve-chosen" : "approvals.approve-plain", { n: these.length })}</button>`}`;
}
