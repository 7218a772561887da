import { html, useMemo, useSignal } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";
import { url } from "../../lib/router.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { Dialog, Failure, Icon, Loading, say } from "../../lib/ui.js";
import { AskDialog, every, Scopes, scopesOf } from "./bits.js";
import { Check, Field, Form, Head, manage } from "./parts.js";

/** Which application may do what at which API: for itself, or for people who let it. */
export default function Grants() {
  const client = url.value.searchParams.get("client"), open = useSignal(null), close = () => { open.value = null; };
  const loaded = useLoad(async () => {
    const [grants, clients, apis] = await Promise.all([every("client-grants" + (client ? `?client_id=${encodeURIComponent(client)}` : "")), every("clients"), every("resource-servers")]);
    return { grants, clients: new Map(clients.map((c) => [c.client_id, c])), apis: new Map(apis.map((a) => [a.identifier, a])) };
  }, [client]);
  const of = loaded.value.value, reload = async () => { await loaded.reload(); close(); };
  return html`<${Head} title=${t("grants.title")}><button class="btn primary" disabled=${!of} onClick=${() => { open.value = { edit: {} }; }}><${Icon} name="plus" />${t("grants.add")}</button><//>
    <p class="fine">${t("grants.about")}</p>
    ${client && html`<p class="note"><span>${t("grants.only")} <bdi>${of?.clients.get(client)?.name ?? client}</bdi> · <a href="/app/admin/grants">${t("grants.all")}</a></span></p>`}
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !of ? html`<${Loading} />`
      : of.grants.length === 0 ? html`<p class="empty">${t("grants.none")}</p>` : html`<${Table} of=${of} open=${open} />`}
    ${open.value?.edit && html`<${Edit} of=${of} grant=${open.value.edit} client=${client} saved=${reload} close=${close} />`}
    ${open.value?.remove && html`<${AskDialog} title=${t("grants.delete")} button=${t("grants.delete")} danger close=${close} act=${async () => {
      await manage.del("client-grants/" + encodeURIComponent(open.value.remove.id)); say(t("grants.deleted")); await reload(); }}><p>${t("grants.delete-detail")}</p><//>`}`;
}

const Table = ({ of, open }) => html`<section class="card table-wrap"><table class="table stack">
  <thead><tr><th scope="col">${t("grants.application")}</th><th scope="col">${t("grants.may")}</th><th scope="col"><span class="sr">${t("grants.acts")}</span></th></tr></thead>
  <tbody>${of.grants.map((g) => {
    const name = of.clients.get(g.client_id)?.name ?? g.client_id;
    return html`<tr key=${g.id}><td><a href="/app/admin/applications/${encodeURIComponent(g.client_id)}"><bdi>${name}</bdi></a>
        <span class="second">${t("grants.for." + g.subject_type)}${g.skip_consent && html` · ${t("grants.unasked")}`}</span></td>
      <td><bdi>${of.apis.get(g.audience)?.name ?? g.audience}</bdi>${g.scope.length > 8 ? html`<details><summary>${t("grants.count", { n: g.scope.length })}</summary><span class="id">${g.scope.join(" ")}</span></details>`
        : html`<span class="second id">${g.scope.join(" ") || t("grants.nothing")}</span>`}</td>
      <td class="end">${g.client_id === "punchcard" ? html`<span class="fine">${t("apps.own")}</span>` : html`<div class="acts"><button class="btn" aria-label=${t("grants.edit-of", { name })} onClick=${() => { open.value = { edit: g }; }}>${t("grants.edit")}</button>
        <button class="btn quiet only-icon" aria-label=${t("grants.delete-of", { name })} onClick=${() => { open.value = { remove: g }; }}><${Icon} name="trash" /></button></div>`}</td></tr>`;
  })}</tbody></table></section>`;

/** A new grant, or the scopes of one that there is. Whom an application acts for follows from its type. */
function Edit({ of, grant, client, saved, close }) {
  const clients = [...of.clients.values()].filter((c) => c.client_id !== "punchcard"), isNew = !grant.id;
  const chosen = useSignal(grant.client_id ?? (of.clients.has(client) ? client : clients[0]?.client_id ?? "")), audience = useSignal(grant.audience ?? [...of.apis.keys()][0]);
  const scopes = useSignal(new Set(grant.scope ?? [])), skip = useSignal(grant.skip_consent ?? false);
  const said = JSON.stringify([chosen.value, audience.value, [...scopes.value].sort(), skip.value]), before = useMemo(() => said, []);
  useUnsaved(said !== before);
  const itself = of.clients.get(chosen.value)?.app_type === "non_interactive";
  const act = async () => {
    const common = { scope: [...scopes.value], ...(!itself && { skip_consent: skip.value }) };
    if (isNew) await manage.post("client-grants", { client_id: chosen.value, audience: audience.value, subject_type: itself ? "client" : "user", ...common });
    else await manage.patch("client-grants/" + encodeURIComponent(grant.id), common);
    await saved();
  };
  return html`<${Dialog} title=${t(isNew ? "grants.add" : "grants.edit")} close=${close}><${Form} act=${act} done=${t("apps.saved")}>
    <${Field} label=${t("grants.application")} hint=${t("grants.for." + (itself ? "client" : "user"))} value=${chosen.value} disabled=${!isNew} onInput=${(v) => { chosen.value = v; }} list=${clients.map((c) => [c.client_id, c.name])} />
    <${Field} label=${t("apps.api")} value=${audience.value} disabled=${!isNew} onInput=${(v) => { audience.value = v; scopes.value = new Set(); }} list=${[...of.apis.values()].map((a) => [a.identifier, a.name])} />
    <${Scopes} legend=${t("grants.scopes")} of=${of.apis.has(audience.value) ? scopesOf(of.apis.get(audience.value)) : []} chosen=${scopes.value} onChange=${(next) => { scopes.value = next; }} />
    ${!itself && html`<${Check} label=${t("apps.skip")} hint=${t("apps.skip-hint")} checked=${skip.value} onChange=${(on) => { skip.value = on; }} />`}<//><//>`;
}
