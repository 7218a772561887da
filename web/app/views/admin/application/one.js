import { html, useEffect, useSignal } from "../../../vendor/preact.js";
import { day, t } from "../../../lib/i18n.js";
import { useLoad } from "../../../lib/load.js";
import { go } from "../../../lib/router.js";
import { Failure, Icon, Loading, say } from "../../../lib/ui.js";
import { AskDialog, Copyable, DeleteDialog, every, Secret } from "../bits.js";
import { attempt, Check, Head, manage } from "../parts.js";
import { Connect } from "./connect.js";
import { fresh } from "./new.js";
import { Settings } from "./settings.js";

/** One application: how to connect it, what it may, who uses it, and how it ends. */
export function One({ id }) {
  const path = "clients/" + encodeURIComponent(id);
  const loaded = useLoad(async () => (await manage.get(path)).body, [id]), app = loaded.value.value;
  useEffect(() => () => { fresh.value = null; }, [id]);
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  if (!app) return html`<${Loading} />`;
  const own = id === "punchcard", machine = app.app_type === "non_interactive";
  return html`<${Head} title=${html`<bdi>${app.name}</bdi>`} back=${["/app/admin/applications", t("apps.title")]}>
      ${app.disabled && html`<span class="chip" data-s="rejected">${t("apps.disabled")}</span>`}<//>
    ${own && html`<p class="note"><${Icon} name="lock" /><span>${t("apps.own-detail")}</span></p>`}
    ${fresh.value?.id === id && html`<${Secret} value=${fresh.value.secret} title=${t("apps.secret")} detail=${t("apps.secret-once")} />`}
    <div class="cards"><${About} app=${app} /><${Use} id=${id} machine=${machine} />
      ${!own && html`<${Connect} app=${app} secret=${fresh.value?.id === id ? fresh.value.secret : null} />
        <${Settings} app=${app} saved=${loaded.reload} key=${app.updated_at} /><${Ends} app=${app} path=${path} changed=${loaded.reload} />`}</div>`;
}

const About = ({ app }) => html`<section class="card pad"><h2>${t("apps.about-it")}</h2><dl class="facts">
  <dt>client_id</dt><dd><${Copyable} value=${app.client_id} name="client_id" /></dd>
  <dt>${t("apps.type")}</dt><dd>${t("apps.types." + app.app_type)}</dd>
  ${app.description && html`<dt>${t("apps.description")}</dt><dd><bdi>${app.description}</bdi></dd>`}
  <dt>${t("apps.proves")}</dt><dd>${t("apps.proof." + app.token_endpoint_auth_method)}</dd>
  <dt>${t("apps.made")}</dt><dd>${day(app.created_at, { dateStyle: "medium" })}</dd></dl></section>`;

/** Who lets it act for them, and where it may do what. */
function Use({ id, machine }) {
  const loaded = useLoad(async () => {
    const name = encodeURIComponent(id);
    const [granted, people] = await Promise.all([every(`client-grants?client_id=${name}`, 100), machine ? null : manage.get(`grants?client_id=${name}&include_totals=true&per_page=1`)]);
    return { granted, people: people?.body.total };
  }, [id]);
  const of = loaded.value.value;
  return html`<section class="card pad"><h2>${t("apps.use")}</h2>${loaded.error.value && html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`}
    ${of && html`${of.people !== undefined && html`<p>${of.people ? t("apps.people", { n: of.people }) : t("apps.nobody")}</p>`}
      ${of.granted.length > 0 ? html`<ul class="plain">${of.granted.map((g) => html`<li key=${g.id}><span><bdi>${g.audience}</bdi><br /><span class="fine">${g.scope.join(", ") || "–"}</span></span></li>`)}</ul>`
        : machine && html`<p class="alert warn"><${Icon} name="alert" /><span>${t("apps.may-nothing")}</span></p>`}`}
    <p class="acts"><a class="btn" href="/app/admin/grants?client=${encodeURIComponent(id)}">${t("apps.to-grants")}</a>
      <a class="btn" href="/app/admin/logs?client=${encodeURIComponent(id)}">${t("apps.to-logs")}</a></p></section>`;
}

/** What is done at once rather than by saving a form. */
function Ends({ app, path, changed }) {
  const open = useSignal(null), close = () => { open.value = null; }, revoke = useSignal(false);
  const hasSecret = app.token_endpoint_auth_method.startsWith("client_secret");
  const rotate = async () => {
    const { body } = await manage.post(path + "/rotate-secret", { revoke_previous: revoke.value });
    fresh.value = { id: app.client_id, secret: body.client_secret };
    close();
    scrollTo(0, 0);
  };
  const turn = async () => { await manage.patch(path, { disabled: !app.disabled }); close(); await changed(); };
  const remove = async () => { await manage.del(path); say(t("apps.deleted")); go("/app/admin/applications", { replace: true }); };
  return html`<section class="card pad danger wide"><h2>${t("apps.ends")}</h2>
    <div class="acts">${hasSecret && html`<button class="btn" onClick=${() => { revoke.value = false; open.value = "rotate"; }}>${t("apps.rotate")}</button>`}
      ${app.disabled ? html`<button class="btn" onClick=${() => attempt(turn, t("apps.was-enabled"))}>${t("apps.enable")}</button>`
        : html`<button class="btn bad" onClick=${() => { open.value = "disable"; }}>${t("apps.disable")}</button>`}
      <button class="btn bad" onClick=${() => { open.value = "delete"; }}><${Icon} name="trash" />${t("apps.delete")}</button></div>
    ${open.value === "rotate" && html`<${AskDialog} title=${t("apps.rotate")} button=${t("apps.rotate-now")} act=${rotate} close=${close}>
      <p>${t("apps.rotate-detail")}</p><${Check} label=${t("apps.revoke-previous")} hint=${t("apps.revoke-previous-hint")} checked=${revoke.value} onChange=${(on) => { revoke.value = on; }} /><//>`}
    ${open.value === "disable" && html`<${AskDialog} title=${t("apps.disable")} button=${t("apps.disable")} danger act=${turn} close=${close}><p>${t("apps.disable-detail")}</p><//>`}
    ${open.value === "delete" && html`<${DeleteDialog} title=${t("apps.delete")} detail=${t("apps.delete-detail")} name=${app.name} act=${remove} close=${close} />`}</section>`;
}
