import { html, useSignal } from "../../vendor/preact.js";
import { all, query } from "../../lib/api.js";
import { day, t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";
import { set, url } from "../../lib/router.js";
import { Failure, Icon, Loading, phone } from "../../lib/ui.js";
import { instant } from "./bits.js";
import { useEvents, who, words } from "./deeds.js";
import { usePages } from "./pages.js";
import { Field, Head } from "./parts.js";
import { Record } from "./audit/record.js";
import { Verification } from "./audit/verification.js";

const filters = ["user_id", "actor", "action", "object", "from", "to"];

/** What was done to time and to the organization, by whom. What is looked for stands in the address, so that it can be linked to. */
export default function Audit() {
  const at = url.value.searchParams, asked = Object.fromEntries(filters.map((name) => [name, at.get(name) ?? ""])), open = useSignal(null);
  const pages = usePages(query("/audit", { ...asked, from: asked.from && instant(asked.from, 0), to: asked.to && instant(asked.to, 1), limit: 50 }));
  const people = useLoad(() => all("/people?limit=200", { most: 2000 })), names = new Map(people.value.value?.map((p) => [p.id, p.name]));
  return html`<${Head} title=${t("audit.title")}><button class="btn" onClick=${pages.reload}>${t("logs.again")}</button><//><p class="fine">${t("audit.about")}</p>
    <${Verification} /><${Filters} key=${JSON.stringify(asked)} asked=${asked} names=${names} />
    ${pages.error ? html`<${Failure} error=${pages.error} retry=${pages.reload} />` : !pages.list ? html`<${Loading} />`
      : pages.list.length === 0 ? html`<p class="empty" role="status">${t("audit.none")}</p>` : html`<${Table} pages=${pages} names=${names} open=${open} />`}
    ${open.value && html`<${Record} of=${open.value} names=${names} close=${() => { open.value = null; }} />`}`;
}

/** The fields are sent together, so that a search isn't made of every letter. */
function Filters({ asked, names }) {
  const events = useEvents().value.value ?? new Map();
  const form = useSignal(asked), change = (name) => (v) => { form.value = { ...form.value, [name]: v }; }, value = form.value;
  const send = (e) => { e.preventDefault(); set(Object.fromEntries(filters.map((name) => [name, value[name].trim()]))); };
  const people = [...names], choice = (chosen, more) => [["", t("audit.anybody")], ...more, ...people, ...(chosen && ![...more, ...people].some(([id]) => id === chosen) ? [[chosen, chosen]] : [])];
  return html`<form class="card pad" onSubmit=${send} role="search"><details class="log-search" open=${!phone.value}><summary><${Icon} name="search" />${t("logs.search")}</summary><div class="log-filters">
    <${Field} label=${t("audit.whose")} value=${value.user_id} onInput=${change("user_id")} list=${choice(value.user_id, [["organization", t("audit.organization")]])} />
    <${Field} label=${t("audit.actor")} value=${value.actor} onInput=${change("actor")} list=${choice(value.actor, [["provisioning", t("audit.provisioning")], ["command", t("audit.command")]])} />
    <div class="field"><label for="audit-action">${t("audit.what")}</label><select id="audit-action" class="input" onChange=${(e) => change("action")(e.target.value)}>
      <option value="" selected=${!value.action}>${t("audit.everything")}</option>${[...events].map(([noun, of]) => html`<optgroup key=${noun} label=${words(noun + ".*")}>${of.map((action) => html`<option key=${action} value=${action} selected=${action === value.action}>${words(action)}</option>`)}</optgroup>`)}</select></div>
    <${Field} label=${t("logs.from")} type="date" value=${value.from} onInput=${change("from")} max=${value.to || undefined} />
    <${Field} label=${t("logs.to")} type="date" value=${value.to} onInput=${change("to")} min=${value.from || undefined} />
    <${Field} label=${t("audit.object")} value=${value.object} onInput=${change("object")} hint=${t("audit.object-hint")} autocomplete="off" spellcheck="false" />
    <div class="acts"><button class="btn primary"><${Icon} name="search" />${t("logs.search")}</button>
      ${filters.some((name) => asked[name]) && html`<a class="btn quiet" href="/app/admin/audit">${t("logs.clear")}</a>`}</div></div></details></form>`;
}

const Table = ({ pages, names, open }) => html`<section class="card table-wrap"><table class="table stack">
  <thead><tr><th scope="col">${t("logs.when")}</th><th scope="col">${t("audit.what")}</th><th scope="col">${t("audit.actor")}</th><th scope="col">${t("audit.whose")}</th></tr></thead>
  <tbody>${pages.list.map((r) => html`<tr key=${r.id}><td><time datetime=${r.at}>${day(r.at, { dateStyle: "medium", timeStyle: "medium" })}</time></td>
    <td><button class="link" onClick=${() => { open.value = r; }}>${words(r.action)}</button></td>
    <td data-of=${t("audit.actor")}><bdi>${who(r.actor, names)}</bdi></td><td data-of=${t("audit.whose")}><bdi>${who(r.chain, names)}</bdi></td></tr>`)}</tbody></table>
  ${pages.more && html`<div class="pager"><span /><button class="btn" onClick=${pages.more}>${t("admin.more")}</button><span /></div>`}</section>`;
