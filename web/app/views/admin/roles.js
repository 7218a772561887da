import { html, useEffect, useSignal } from "../../vendor/preact.js";
import { useLoad } from "../../lib/load.js";
import { t } from "../../lib/i18n.js";
import { go } from "../../lib/router.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { Dialog, Failure, Icon, Loading, say } from "../../lib/ui.js";
import { every, scopesOf } from "./bits.js";
import { attempt, Check, Danger, Field, Form, Head, manage } from "./parts.js";

/** Roles: what people may do, by name. */
export default ({ id }) => (id ? html`<${Role} id=${id} key=${id} />` : html`<${Roles} />`);

function Roles() {
  const loaded = useLoad(() => every("roles")), adding = useSignal(false), roles = loaded.value.value;
  return html`<${Head} title=${t("people.roles")}><button class="btn primary" onClick=${() => { adding.value = true; }}><${Icon} name="plus" />${t("people.add-role")}</button><//>
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !roles ? html`<${Loading} />` : html`<section class="card table-wrap"><table class="table stack">
      <thead><tr><th scope="col">${t("people.role")}</th><th scope="col">${t("people.description")}</th></tr></thead>
      <tbody>${roles.map((r) => html`<tr key=${r.id}><td><a href="/app/admin/roles/${r.id}"><bdi>${r.name}</bdi></a></td><td>${r.description}</td></tr>`)}</tbody></table></section>`}
    ${adding.value && html`<${NewRole} close=${() => { adding.value = false; }} />`}`;
}

function NewRole({ close }) {
  const name = useSignal(""), description = useSignal("");
  useUnsaved(Boolean(name.value || description.value));
  const act = async () => go(`/app/admin/roles/${(await manage.post("roles", { name: name.value, description: description.value })).body.id}`);
  return html`<${Dialog} title=${t("people.add-role")} close=${close}><${Form} act=${act} button=${t("people.add-role")}>
    <${Field} label=${t("people.role")} value=${name.value} onInput=${(v) => { name.value = v; }} required maxlength="50" />
    <${Field} label=${t("people.description")} value=${description.value} onInput=${(v) => { description.value = v; }} maxlength="200" /><//><//>`;
}

function Role({ id }) {
  const loaded = useLoad(async () => {
    const [role, held, apis, members] = await Promise.all([manage.get("roles/" + id), every(`roles/${id}/permissions`), every("resource-servers"), every(`roles/${id}/users`)]);
    return { role: role.body, apis, members, held: new Set(held.map((p) => p.resource_server_identifier + " " + p.permission_name)) };
  }, [id]);
  const data = loaded.value.value;
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  if (!data) return html`<${Loading} />`;
  return html`<${Head} title=${html`<bdi>${data.role.name}</bdi>`} back=${["/app/admin/roles", t("people.roles")]} />
    <div class="cards"><${About} role=${data.role} saved=${loaded.reload} /><section class="card pad"><h2>${t("people.members")}</h2>
      ${data.members.length === 0 ? html`<p class="fine">${t("people.no-members")}</p>` : html`<ul class="plain">${data.members.map((m) => html`<li key=${m.user_id}><a href="/app/admin/people/${m.user_id}"><bdi>${m.name}</bdi></a></li>`)}</ul>`}</section>
    ${data.apis.map((api) => html`<${Permissions} key=${api.id} api=${api} role=${data.role} held=${data.held} changed=${loaded.reload} />`)}</div>`;
}

function About({ role, saved }) {
  const name = useSignal(role.name), description = useSignal(role.description), builtIn = ["employee", "manager", "admin"].includes(role.name);
  useEffect(() => { name.value = role.name; description.value = role.description; }, [role]);
  const act = async () => { await manage.patch("roles/" + role.id, { name: name.value, description: description.value }); await saved(); };
  const remove = () => attempt(async () => { await manage.del("roles/" + role.id); go("/app/admin/roles"); }, t("people.role-removed"));
  return html`<section class="card pad"><h2>${t("people.description")}</h2><${Form} act=${act} done=${t("people.saved")}
    extra=${!builtIn && html`<${Danger} label=${t("people.remove-role")} title=${t("people.remove-role-sure", { role: role.name })} act=${remove} />`}>
    <${Field} label=${t("people.role")} value=${name.value} onInput=${(v) => { name.value = v; }} required maxlength="50" />
    <${Field} label=${t("people.description")} value=${description.value} onInput=${(v) => { description.value = v; }} maxlength="200" /><//></section>`;
}

function Permissions({ api, role, held, changed }) {
  const turn = (scope, on) => attempt(async () => {
    await (on ? manage.post : manage.del)(`roles/${role.id}/permissions`, { permissions: [{ resource_server_identifier: api.identifier, permission_name: scope }] });
    await changed();
  }, t(on ? "people.permission-given" : "people.permission-taken", { scope }));
  return html`<section class="card pad ${api.scopes.length > 12 ? "wide" : ""}"><h2><bdi>${api.name}</bdi></h2><p class="fine"><code>${api.identifier}</code></p>
    <div class="permissions">${scopesOf(api).map((s) => html`<${Check} key=${s.value} label=${html`<code>${s.value}</code>`} hint=${s.description} checked=${held.has(api.identifier + " " + s.value)} onChange=${(on) => turn(s.value, on)} />`)}</div></section>`;
}
