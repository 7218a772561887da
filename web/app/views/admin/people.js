import { html, useEffect, useSignal } from "../../vendor/preact.js";
import { all, put } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { day, t } from "../../lib/i18n.js";
import { go } from "../../lib/router.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { Dialog, Failure, Icon, initials, Loading, say } from "../../lib/ui.js";
import { every } from "./bits.js";
import { attempt, Check, Field, Form, Head, manage } from "./parts.js";
import Hours from "./hours.js";

/** People: a list to search, and a page for each. */
export default ({ id }) => (id ? html`<${Person} id=${id} key=${id} />` : html`<${People} />`);

const perPage = 50;

function People() {
  const q = useSignal(""), page = useSignal(0), adding = useSignal(false);
  const found = useLoad(async () => (await manage.get(`users?include_totals=true&sort=name:1&per_page=${perPage}&page=${page.value}${q.value.trim() ? `&q=${encodeURIComponent(q.value.trim())}` : ""}`)).body, [q.value, page.value]);
  const list = found.value.value;
  return html`<${Head} title=${t("people.title")}><button class="btn primary" onClick=${() => { adding.value = true; }}><${Icon} name="plus" />${t("people.add")}</button><//>
    <div class="filters"><${Field} label=${t("people.search")} type="search" value=${q.value} onInput=${(v) => { q.value = v; page.value = 0; }} hint=${t("people.search-hint")} /></div>
    ${found.error.value ? html`<${Failure} error=${found.error.value} retry=${found.reload} />` : !list ? html`<${Loading} />` : html`<${Table} list=${list} page=${page} />`}
    ${adding.value && html`<${NewPerson} close=${() => { adding.value = false; }} />`}`;
}

const Table = ({ list, page }) => (list.users.length === 0 ? html`<p class="empty">${t("people.nobody")}</p>` : html`<section class="card table-wrap"><table class="table">
  <thead><tr><th scope="col">${t("people.name")}</th><th scope="col" class="wide">${t("people.email")}</th><th scope="col" class="wide">${t("people.last-login")}</th><th scope="col">${t("people.state")}</th></tr></thead>
  <tbody>${list.users.map((u) => html`<tr key=${u.user_id}><td><a class="who" href="/app/admin/people/${u.user_id}"><span class="face" aria-hidden="true">${initials(u.name)}</span><span><bdi>${u.name}</bdi><small class="narrow">${u.email}</small></span></a></td>
    <td class="wide">${u.email}</td><td class="wide">${u.last_login ? day(u.last_login, { dateStyle: "medium" }) : t("people.never")}</td><td>${u.blocked ? html`<span class="chip" data-s="rejected">${t("people.blocked")}</span>` : t("people.active")}</td></tr>`)}</tbody></table>
  ${list.total > perPage && html`<div class="pager"><button class="btn" disabled=${page.value === 0} onClick=${() => { page.value--; }}>${t("people.before")}</button>
    <span class="num">${t("people.range", { from: list.start + 1, to: list.start + list.users.length, total: list.total })}</span>
    <button class="btn" disabled=${list.start + list.users.length >= list.total} onClick=${() => { page.value++; }}>${t("people.after")}</button></div>`}</section>`);

function NewPerson({ close }) {
  const name = useSignal(""), email = useSignal("");
  useUnsaved(Boolean(name.value || email.value));
  const act = async () => {
    const made = (await manage.post("users", { name: name.value, email: email.value, connection: "Username-Password-Authentication" })).body;
    say(t("people.added", { name: made.name }));
    go(`/app/admin/people/${made.user_id}`);
  };
  return html`<${Dialog} title=${t("people.add")} close=${close}><${Form} act=${act} button=${t("people.add")}>
    <${Field} label=${t("people.name")} value=${name.value} onInput=${(v) => { name.value = v; }} required maxlength="200" autocomplete="off" />
    <${Field} label=${t("people.email")} type="email" value=${email.value} onInput=${(v) => { email.value = v; }} required maxlength="254" autocomplete="off" hint=${t("people.add-hint")} />
  <//><//>`;
}

function Person({ id }) {
  const person = useLoad(async () => (await manage.get("users/" + id)).body, [id]);
  const u = person.value.value;
  if (person.error.value) return html`<${Failure} error=${person.error.value} retry=${person.reload} />`;
  if (!u) return html`<${Loading} />`;
  return html`<${Head} title=${html`<bdi>${u.name}</bdi>`} back=${["/app/admin/people", t("people.title")]}>
      ${u.blocked && html`<span class="chip" data-s="rejected">${t("people.blocked")}</span>`}<//>
    <div class="cards"><${Profile} u=${u} saved=${person.reload} /><${Roles} id=${id} /><${Manager} id=${id} /><${Hours} path=${`/people/${id}/expected-hours`} title=${t("people.hours")} />
    <${Access} u=${u} changed=${person.reload} /></div>`;
}

function Profile({ u, saved }) {
  const name = useSignal(u.name), email = useSignal(u.email);
  useUnsaved(name.value !== u.name || email.value !== u.email);
  const act = async () => { await manage.patch("users/" + u.user_id, { ...(name.value !== u.name && { name: name.value }), ...(email.value !== u.email && { email: email.value }) }); await saved(); };
  return html`<section class="card pad"><h2>${t("people.profile")}</h2><${Form} act=${act} done=${t("people.saved")}>
    <${Field} label=${t("people.name")} value=${name.value} onInput=${(v) => { name.value = v; }} required maxlength="200" />
    <${Field} label=${t("people.email")} type="email" value=${email.value} onInput=${(v) => { email.value = v; }} required maxlength="254" />
    <p class="fine">${t("people.logins", { n: u.logins_count })}</p><//></section>`;
}

function Roles({ id }) {
  const loaded = useLoad(async () => { const [roles, own] = await Promise.all([every("roles"), every(`users/${id}/roles`)]); return { roles, own: new Set(own.map((r) => r.id)) }; }, [id]);
  const data = loaded.value.value;
  const turn = (role, on) => attempt(async () => {
    await (on ? manage.post : manage.del)(`users/${id}/roles`, { roles: [role.id] });
    await loaded.reload();
  }, t(on ? "people.role-given" : "people.role-taken", { role: role.name }));
  return html`<section class="card pad"><h2>${t("people.roles")}</h2><p class="fine">${t("people.roles-at-once")}</p>${loaded.error.value && html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`}
    ${data?.roles.map((role) => html`<${Check} key=${role.id} label=${role.name} hint=${role.description} checked=${data.own.has(role.id)} onChange=${(on) => turn(role, on)} />`)}</section>`;
}

function Manager({ id }) {
  const people = useLoad(() => all("/people?limit=200", { most: 2000 }), []), chosen = useSignal(null), region = useSignal(null);
  const list = people.value.value, self = list?.find((p) => p.id === id);
  useEffect(() => { if (self) { chosen.value = self.manager_id ?? ""; region.value = self.region; } }, [self]);
  const act = async () => {
    if (chosen.value !== (self.manager_id ?? "")) await put(`/people/${id}/manager`, { manager_id: chosen.value || null }).catch((e) => { throw round(list, chosen.value, self) ?? e; });
    if (region.value !== self.region) await put(`/people/${id}/region`, { region: region.value });
    await people.reload();
  };
  return html`<section class="card pad"><h2>${t("people.manager")}</h2>${people.error.value && html`<${Failure} error=${people.error.value} retry=${people.reload} />`}
    ${self && chosen.value !== null && html`<${Form} act=${act} done=${t("people.saved")}>
      <${Field} label=${t("people.manager-label")} hint=${t("people.manager-hint")} value=${chosen.value} onInput=${(v) => { chosen.value = v; }}
        list=${[["", t("people.no-manager")], ...list.filter((p) => p.id !== id).map((p) => [p.id, p.name])]} />
      <${Field} label=${t("people.region")} hint=${t("people.region-hint")} value=${region.value} onInput=${(v) => { region.value = v; }} maxlength="50" /><//>`}</section>`;
}

/** Why somebody can't be a person's manager: the person manages them, directly or through others. */
function round(list, manager, person) {
  const by = new Map(list.map((p) => [p.id, p]));
  for (let at = by.get(manager), n = 0; at && n < list.length; at = by.get(at.manager_id), n++) {
    if (at.id === person.id) return new Error(t("people.round", { person: person.name, manager: by.get(manager).name }));
  }
}

function Access({ u, changed }) {
  const link = useSignal(null);
  const id = u.user_id;
  return html`<section class="card pad"><h2>${t("people.access")}</h2>
    <p class="fine">${t("people.link-hint")}</p>
    <div class="acts"><button class="btn" onClick=${() => attempt(async () => { link.value = (await manage.post("tickets/password-change", { user_id: id })).body.ticket; })}>${t("people.link")}</button></div>
    ${link.value && html`<div class="secret"><code>${link.value}</code><button class="btn" onClick=${() => navigator.clipboard.writeText(link.value).then(() => say(t("people.copied")))}><${Icon} name="copy" />${t("people.copy")}</button></div>`}
    <p class="fine">${t("people.sign-out-hint")}</p>
    <div class="acts"><button class="btn" onClick=${() => attempt(() => Promise.all([manage.del(`users/${id}/sessions`), manage.del(`users/${id}/refresh-tokens`)]), t("people.signed-out"))}>${t("people.sign-out")}</button>
    <button class="btn ${u.blocked ? "" : "bad"}" onClick=${() => attempt(async () => { await manage.patch("users/" + id, { blocked: !u.blocked }); await changed(); }, t(u.blocked ? "people.unblocked" : "people.was-blocked", { name: u.name }))}>${t(u.blocked ? "people.unblock" : "people.block")}</button></div></section>`;
}
