import { html, useEffect, useRef, useSignal } from "../../../vendor/preact.js";
import { all, post, put } from "../../../lib/api.js";
import { useLoad } from "../../../lib/load.js";
import { t } from "../../../lib/i18n.js";
import { useUnsaved } from "../../../lib/unsaved.js";
import { explain, Icon } from "../../../lib/ui.js";
import { Copyable } from "../bits.js";
import { Holidays } from "../holidays.js";
import Hours from "../hours.js";
import { Settings } from "../organization/settings.js";
import { Field, Form, manage } from "../parts.js";
import { Edit } from "../projects.js";

/** What holds for everybody. */
export const Organization = ({ changed }) => html`<div class="cards"><${Settings} brief changed=${changed} />
  <${Hours} path="/expected-hours" title=${t("organization.hours")} none=${t("organization.no-hours")} changed=${changed} /><${Holidays} changed=${changed} /></div>`;

/** One after the other: once something was made, one goes on in the first field of the next. */
function useNext(made) {
  const ref = useRef();
  useEffect(() => { if (made > 0) ref.current.querySelector("input").focus({ preventScroll: true }); }, [made]);
  return ref;
}

const Made = ({ list, of }) => html`<div aria-live="polite">${list.length > 0 && html`<ul class="plain made">${list.map((one) => html`<li key=${one.id}>
  <${Icon} name="check" /><span>${of(one)}</span></li>`)}</ul>`}</div>`;

/** One person after the other, each with a link to set a password. */
export function People({ changed }) {
  const made = useSignal([]), ref = useNext(made.value.length);
  const add = async (one) => { made.value = [...made.value, one]; await changed(); };
  return html`<section class="card pad" ref=${ref}><${NewPerson} key=${made.value.length} add=${add} />
    <${Made} list=${made.value} of=${(p) => html`<a href="/app/admin/people/${p.id}"><bdi>${p.name}</bdi></a><br />
      ${p.failed ? html`<span class="wrong">${t("start.half", { why: p.failed })}</span>`
        : html`<span class="fine">${t("start.link")}</span><${Copyable} value=${p.link} name=${t("people.link")} />`}`} /></section>`;
}

function NewPerson({ add }) {
  const name = useSignal(""), email = useSignal(""), role = useSignal("employee"), manager = useSignal("");
  const people = useLoad(() => all("/people?limit=200", { most: 2000 }));
  useUnsaved(Boolean(name.value || email.value));
  const act = async () => {
    const { user_id: id } = (await manage.post("users", { name: name.value, email: email.value, connection: "Username-Password-Authentication" })).body;
    try { await add({ id, name: name.value, link: await equip(id, role.value, manager.value) }); } catch (e) { await add({ id, name: name.value, failed: explain(e) }); }
  };
  return html`<${Form} act=${act} button=${t("people.add")}><div class="two-fields">
    <${Field} label=${t("people.name")} value=${name.value} onInput=${(v) => { name.value = v; }} required maxlength="200" autocomplete="off" />
    <${Field} label=${t("people.email")} type="email" value=${email.value} onInput=${(v) => { email.value = v; }} required maxlength="254" autocomplete="off" />
    <${Field} label=${t("start.role")} value=${role.value} onInput=${(v) => { role.value = v; }} list=${["employee", "manager", "admin"].map((r) => [r, t("start.roles." + r)])} />
    <${Field} label=${t("people.manager-label")} value=${manager.value} onInput=${(v) => { manager.value = v; }} list=${[["", t("people.no-manager")], ...(people.value.value ?? []).map((p) => [p.id, p.name])]} /></div><//>`;
}

/** Gives somebody new a role and a manager. Returns the link to set a password. */
async function equip(id, name, manager) {
  const role = (await manage.get("roles?per_page=100")).body.find((r) => r.name === name);
  await manage.post(`users/${id}/roles`, { roles: [role.id] });
  if (manager) await put(`/people/${id}/manager`, { manager_id: manager });
  return (await manage.post("tickets/password-change", { user_id: id })).body.ticket;
}

export function Work({ changed }) {
  const made = useSignal([]), ref = useNext(made.value.length);
  const add = async (p) => { made.value = [...made.value, (await post("/projects", p)).body]; await changed(); };
  return html`<section class="card pad" ref=${ref}><${Edit} key=${made.value.length} act=${add} button=${t("projects.add")} />
    <${Made} list=${made.value} of=${(p) => html`<a href="/app/admin/projects/${p.id}"><bdi>${p.name}</bdi></a>`} /></section>`;
}

export const Applications = () => html`<section class="card pad"><ul class="plain">${[["applications?new=1", "connect"], ["webhooks/new", "hook"]].map(([page, key]) => html`<li key=${key}>
  <span><b>${t(`start.${key}`)}</b><br /><span class="fine">${t(`start.${key}-detail`)}</span></span><a class="btn" href="/app/admin/${page}">${t("start.begin")}</a></li>`)}</ul></section>`;

/** The end: where one goes from here. */
export function Ready({ focus }) {
  const heading = useRef();
  useEffect(() => { if (focus) heading.current.focus(); }, []);
  return html`<section class="card pad ready"><span class="face" aria-hidden="true"><${Icon} name="check" /></span>
    <h2 tabindex="-1" ref=${heading}>${t("start.ready-title")}</h2><p>${t("start.ready-detail")}</p>
    <div class="acts"><a class="btn primary" href="/app/">${t("admin.to-week")}</a><a class="btn" href="/app/admin/people">${t("people.title")}</a>
      <a class="btn" href="/app/admin/audit">${t("audit.title")}</a></div></section>`;
}
