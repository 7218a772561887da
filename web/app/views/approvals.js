import { html, signal, useEffect, useState } from "../vendor/preact.js";
import { t } from "../lib/i18n.js";
import { go, url } from "../lib/router.js";
import { Failure, Icon, Loading } from "../lib/ui.js";
import { ApproveMany, askedBefore, Result } from "./approvals/bulk.js";
import { counts, list, load, tabs } from "./approvals/data.js";
import { Delegations } from "./approvals/delegations.js";
import { decided, Held, holds, resume, sendAll } from "./approvals/held.js";
import { Panel } from "./approvals/panel.js";
import { Row } from "./approvals/row.js";

const chosen = signal(new Set()), result = signal(null);
const choose = (id) => { const now = new Set(chosen.value); if (!now.delete(id)) now.add(id); chosen.value = now; };
const tabOf = (address) => (tabs.includes(address.searchParams.get("tab")) ? address.searchParams.get("tab") : "submitted");
const at = (tab) => (tab === "submitted" ? "/app/approvals" : `/app/approvals?tab=${tab}`);
const open = (p) => p.allowed_actions.includes("approve") && !holds(p.id);

export default function Approvals({ id }) {
  const tab = tabOf(url.value), { rows, next, error } = list.value.tab === tab ? list.value : {};
  const [asking, ask] = useState(null), [delegating, delegate] = useState(false);
  useEffect(() => { resume(); return () => location.pathname.startsWith("/app/approvals") || sendAll(); }, []); // a mail's address leads on to ours
  useEffect(() => { chosen.value = new Set(); }, [tab]);
  useEffect(() => { load(tab); }, [tab, decided.value]);
  useEffect(() => {
    const before = rows && askedBefore();
    if (before) ask(rows.filter((p) => before.includes(p.id) && open(p)));
  }, [rows]);
  useRowKeys(!id && !asking && !delegating);
  const close = () => {
    go(at(tab));
    setTimeout(() => document.querySelector(`.ap-row a[href*="${CSS.escape(id)}"]`)?.focus()); // back to where one came from
  };
  const done = (answer) => { ask(null); result.value = answer; load(tab); chosen.value = new Set(); };
  return html`<div class="page approvals">
    <div class="page-head"><h1>${t("app.approvals")}</h1><div class="acts">
      <button class="btn" onClick=${() => delegate(true)}><${Icon} name="user" />${t("approvals.delegate")}</button>
      ${tab === "submitted" && rows?.length > 0 && html`<${Many} rows=${rows} ask=${ask} />`}</div></div>
    <nav class="tabs" aria-label=${t("approvals.tabs")}>${tabs.map((one) => html`<a key=${one} href=${at(one)}
      aria-current=${one === tab ? "page" : undefined}>${t(`approvals.tab-${one}`)} <b class="num">${counts.value[one] ?? ""}</b></a>`)}</nav>
    ${result.value && html`<${Result} result=${result.value} close=${() => { result.value = null; }} />`}
    ${!id && html`<${Held} />`}
    ${error && html`<${Failure} error=${error} retry=${() => load(tab)} />`}
    ${!rows ? !error && html`<${Loading} />`
      : rows.length === 0 ? html`<p class="empty">${t(`approvals.empty-${tab}`)}</p>`
      : html`<ul class="card ap-rows">${rows.map((p) => html`<${Row} key=${p.id} period=${p} tab=${tab} chosen=${chosen.value.has(p.id)}
        choose=${choose} />`)}</ul>`}
    ${next && html`<button class="btn more" onClick=${() => load(tab, { more: true })}>${t("approvals.more")}</button>`}
    ${id && html`<${Panel} key=${id} id=${id} rows=${(rows ?? []).map((p) => p.id)} close=${close} />`}
    ${asking?.length > 0 && html`<${ApproveMany} periods=${asking} close=${() => ask(null)} done=${done} />`}
    ${delegating && html`<${Delegations} close=${() => delegate(false)} />`}
  </div>`;
}

/** What is chosen, else all that nothing is flagged in. One answer holds 200 at most. */
function Many({ rows, ask }) {
  const some = rows.filter((p) => chosen.value.has(p.id) && open(p)).slice(0, 200), plain = rows.filter((p) => !p.flags.length && open(p)).slice(0, 200);
  const these = some.length ? some : plain, words = t(some.length ? "approvals.approve-chosen" : "approvals.approve-plain", { n: these.length });
  return html`<button class="btn primary" disabled=${!these.length} onClick=${() => ask(these)}><${Icon} name="check" />${words}</button>`;
}

/** J and K go through the list, X chooses; Enter opens, as on any link. */
function useRowKeys(active) {
  useEffect(() => {
    if (!active) return undefined;
    const keys = (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest?.("input:not([type=checkbox]), textarea, select")) return;
      const links = [...document.querySelectorAll(".ap-row .who a")], row = document.activeElement?.closest(".ap-row"), key = e.key.toLowerCase();
      const here = links.findIndex((a) => row?.contains(a));
      if (key === "j" || key === "k") links[key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0)]?.focus();
      else if (key === "x") row?.querySelector("input")?.click();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [active]);
}
