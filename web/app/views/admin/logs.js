import { html, useEffect, useSignal } from "../../vendor/preact.js";
import { all, query } from "../../lib/api.js";
import { day, has, t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";
import { set, url } from "../../lib/router.js";
import { Dialog, Failure, Icon, Loading, phone } from "../../lib/ui.js";
import { every, instant } from "./bits.js";
import { Field, Head, manage } from "./parts.js";
import { types } from "./log-types.js";

const perPage = 50;
const filters = ["type", "person", "client", "ip", "from", "to", "id"];

/** What happened at the authorization server. What is looked for stands in the address, so that it can be linked to. */
export default function Logs() {
  const at = url.value.searchParams, page = Number(at.get("page") ?? 0), asked = Object.fromEntries(filters.map((name) => [name, at.get(name) ?? ""]));
  const loaded = useLoad(() => search(asked, page), [at.toString()]), open = useSignal(null), of = loaded.value.value;
  const apps = useLoad(() => every("clients")), people = useLoad(() => all("/people?limit=200", { most: 2000 }).catch(() => []));
  const names = new Map(people.value.value?.map((p) => [p.id, p.name]));
  return html`<${Head} title=${t("logs.title")}><button class="btn" onClick=${loaded.reload}>${t("logs.again")}</button><//>
    <${Filters} key=${JSON.stringify(asked)} asked=${asked} apps=${apps.value.value ?? []} />
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !of ? html`<${Loading} />`
      : of.logs.length === 0 ? html`<p class="empty" role="status">${t("logs.none")}</p>` : html`<${Table} ...${{ of, page, open, names }} />`}
    ${open.value && html`<${Details} line=${open.value} close=${() => { open.value = null; }} />`}`;
}

/** An id is that of an event, or the one that an error page or an answer names. */
async function search({ type, person, client, ip, from, to, id }, page) {
  if (id.startsWith("log_")) return one(id);
  const user = person.includes("@") ? (await manage.get("users-by-email?email=" + encodeURIComponent(person))).body[0]?.user_id : person;
  if (person && !user) return { logs: [], start: 0, total: 0 };
  const terms = [type && `type:${quoted(type)}`, user && `user_id:${quoted(user)}`, client && `client_id:${quoted(client)}`, ip && `ip:${quoted(ip)}`,
    id && `request_id:${quoted(id)}`, (from || to) && `date:[${from ? instant(from, 0) : "*"} TO ${to ? instant(to, 1, 1) : "*"}]`].filter(Boolean);
  return (await manage.get(query("logs", { include_totals: "true", per_page: perPage, page, q: terms.join(" AND ") }))).body;
}

async function one(id) {
  try { return { logs: [(await manage.get("logs/" + encodeURIComponent(id))).body], start: 0, total: 1 }; } catch (e) {
    if (e.status !== 404 && e.status !== 400) throw e;
    return { logs: [], start: 0, total: 0 };
  }
}

const quoted = (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** The fields are sent together, so that a search isn't made of every letter. */
function Filters({ asked, apps }) {
  const of = useSignal(asked), change = (part) => { of.value = { ...of.value, ...part }; };
  const send = (e) => { e.preventDefault(); set({ ...Object.fromEntries(filters.map((name) => [name, of.value[name].trim()])), page: undefined }); };
  const clients = [["", t("logs.any-application")], ...apps.map((c) => [c.client_id, c.name])];
  if (asked.client && !apps.some((c) => c.client_id === asked.client)) clients.push([asked.client, asked.client]);
  return html`<form class="card pad" onSubmit=${send} role="search"><details class="log-search" open=${!phone.value}><summary><${Icon} name="search" />${t("logs.search")}</summary><div class="log-filters">
    <div class="field"><label for="log-type">${t("logs.type")}</label><select id="log-type" class="input" onChange=${(e) => change({ type: e.target.value })}>
      <option value="" selected=${!of.value.type}>${t("logs.any")}</option>${types.map(([group, list]) => html`<optgroup key=${group} label=${t("logs.groups." + group)}>${list.map((type) => html`<option key=${type} value=${type} selected=${type === of.value.type}>${t("logs.types." + type)}</option>`)}</optgroup>`)}</select></div>
    <${Field} label=${t("logs.application")} value=${of.value.client} onInput=${(client) => change({ client })} list=${clients} />
    <${Field} label=${t("logs.person")} value=${of.value.person} onInput=${(person) => change({ person })} hint=${t("logs.person-hint")} autocomplete="off" spellcheck="false" />
    <${Field} label=${t("logs.ip")} value=${of.value.ip} onInput=${(ip) => change({ ip })} autocomplete="off" />
    <${Field} label=${t("logs.from")} type="date" value=${of.value.from} onInput=${(from) => change({ from })} />
    <${Field} label=${t("logs.to")} type="date" value=${of.value.to} onInput=${(to) => change({ to })} />
    <${Field} label=${t("logs.id")} value=${of.value.id} onInput=${(id) => change({ id })} hint=${t("logs.id-hint")} autocomplete="off" spellcheck="false" data-log-id />
    <div class="acts"><button class="btn primary"><${Icon} name="search" />${t("logs.search")}</button>
      ${filters.some((name) => asked[name]) && html`<a class="btn quiet" href="/app/admin/logs">${t("logs.clear")}</a>`}</div></div></details></form>`;
}

const words = (line) => (has("logs.types." + line.type) ? t("logs.types." + line.type) : line.type_description || line.type);
const when = (line, options = { dateStyle: "medium", timeStyle: "medium" }) => day(line.date, options);

/** Whose event it is; of who couldn't be told, what they wrote as their e-mail address. */
const whose = (line, names) => names.get(line.user_id) ?? line.details?.email ?? line.user_id ?? "–";
/** Most types of what failed begin with an f. */
const failed = ({ type }) => /^f|^limit_|_(failed|throttled)$/.test(type);

const Table = ({ of, page, open, names }) => html`<section class="card table-wrap"><table class="table stack">
  <thead><tr><th scope="col">${t("logs.when")}</th><th scope="col">${t("logs.what")}</th><th scope="col">${t("logs.person")}</th><th scope="col">${t("logs.application")}</th><th scope="col">${t("logs.ip")}</th></tr></thead>
  <tbody>${of.logs.map((line) => html`<tr key=${line.log_id}><td><time datetime=${line.date}>${when(line)}</time></td>
    <td><button class="link ${failed(line) ? "went-wrong" : ""}" onClick=${() => { open.value = line; }}>${failed(line) && html`<${Icon} name="alert" />`}${words(line)}</button><span class="second"><bdi>${line.description}</bdi></span></td>
    <td data-of=${t("logs.person")}><bdi>${whose(line, names)}</bdi></td>
    <td data-of=${t("logs.application")}><bdi>${line.client_name ?? line.client_id ?? "–"}</bdi></td><td data-of=${t("logs.ip")}><span class="id">${line.ip ?? "–"}</span></td></tr>`)}</tbody></table>
  ${of.total > perPage && html`<div class="pager"><button class="btn" disabled=${page === 0} onClick=${() => set({ page: page - 1 || undefined })}>${t("logs.newer")}</button>
    <span class="num">${t("logs.range", { from: of.start + 1, to: of.start + of.logs.length, total: of.total })}</span>
    <button class="btn" disabled=${of.start + of.logs.length >= of.total} onClick=${() => set({ page: page + 1 })}>${t("logs.older")}</button></div>`}</section>`;

/** All that is known of an event. */
function Details({ line, close }) {
  const person = useLoad(async () => (line.user_id ? (await manage.get("users/" + encodeURIComponent(line.user_id))).body : null), [line.log_id]), known = person.value.value;
  const facts = [["logs.when", when(line, { dateStyle: "full", timeStyle: "long" })], ["logs.kind", html`<code>${line.type}</code>`], ["logs.what", html`<bdi>${line.description}</bdi>`],
    ["logs.person", line.user_id && html`${known && html`<a href="/app/admin/people/${line.user_id}" onClick=${close}><bdi>${known.name}</bdi></a> `}<code>${line.user_id}</code>`],
    ["logs.application", line.client_id && html`<bdi>${line.client_name}</bdi> <code>${line.client_id}</code>`], ["logs.ip", line.ip], ["logs.browser", line.user_agent && html`<bdi>${line.user_agent}</bdi>`],
    ["logs.audience", line.audience], ["logs.scope", line.scope], ["logs.session", line.session_id && html`<code>${line.session_id}</code>`], ["logs.request", line.request_id && html`<code>${line.request_id}</code>`], ["logs.event", html`<code>${line.log_id}</code>`]];
  return html`<${Dialog} title=${words(line)} close=${close} side>
    <dl class="facts">${facts.filter(([, value]) => value).map(([key, value]) => html`<dt key=${key}>${t(key)}</dt><dd>${value}</dd>`)}</dl>
    ${line.details && html`<h3>${t("logs.details")}</h3><pre class="details-json" tabindex="0" role="region" aria-label=${t("logs.details")}>${JSON.stringify(line.details, null, 2)}</pre>`}
    <div class="acts">${line.user_id && html`<a class="btn" href=${query("/app/admin/logs", { person: line.user_id })} onClick=${close}>${t("logs.same-person")}</a>`}
      ${line.request_id && html`<a class="btn" href=${query("/app/admin/logs", { id: line.request_id })} onClick=${close}>${t("logs.same-request")}</a>`}</div><//>`;
}
