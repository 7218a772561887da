import { html, signal, useSignal } from "../../../vendor/preact.js";
import { t } from "../../../lib/i18n.js";
import { useLoad } from "../../../lib/load.js";
import { go } from "../../../lib/router.js";
import { useUnsaved } from "../../../lib/unsaved.js";
import { Failure, Loading } from "../../../lib/ui.js";
import { atFields, every, lines, Scopes, scopesOf } from "../bits.js";
import { attempt, Check, Field, Form, Head, manage } from "../parts.js";
import { Addresses, identity } from "./fields.js";
import { originMistake, redirectMistake } from "./mistake.js";

/** The secret of the application that was made, or given another, just now: {id, secret}. Its page shows it until one leaves. */
export const fresh = signal(null);

const types = ["regular_web", "spa", "native", "non_interactive"];

/** Making an application: first what it is, then only what that takes. */
export function New() {
  const type = useSignal(null), apis = useLoad(() => every("resource-servers"));
  return html`<${Head} title=${t("apps.add")} back=${["/app/admin/applications", t("apps.title")]} />
    <section class="card pad"><fieldset class="kinds"><legend>${t("apps.what")}</legend>${types.map((kind) => html`<label key=${kind}>
      <input type="radio" name="type" value=${kind} checked=${type.value === kind} onChange=${() => { type.value = kind; }} />
      <b>${t("apps.types." + kind)}</b><small>${t("apps.for." + kind)}</small></label>`)}</fieldset></section>
    ${apis.error.value ? html`<${Failure} error=${apis.error.value} retry=${apis.reload} />` : type.value && (!apis.value.value ? html`<${Loading} />`
      : html`<${Details} type=${type.value} apis=${apis.value.value} />`)}`;
}

/** What was typed stays when another type is chosen. */
const empty = () => ({ name: "", description: "", callbacks: "", logouts: "", origins: "", skip: false });

function Details({ type, apis }) {
  const app = useSignal(empty()), wrong = useSignal({}), made = useSignal(false);
  const timesheets = apis.find((a) => a.is_system && !a.identifier.endsWith("/api/v2/"));
  const choices = [...identity(), ...scopesOf(timesheets)];
  const scopes = useSignal(new Set(["openid", "profile", "email"])), audience = useSignal(timesheets.identifier), granted = useSignal(new Set());
  const change = (part) => { app.value = { ...app.value, ...part }; };
  const machine = type === "non_interactive", of = app.value;
  useUnsaved(!made.value && (of.name + of.callbacks + of.description).length > 0);
  const act = async () => {
    wrong.value = mistaken(type, of);
    if (Object.keys(wrong.value).length > 0) throw new Error(t("apps.look"));
    try {
      const { body } = await manage.post("clients", request(type, of, scopes.value));
      if (body.client_secret) fresh.value = { id: body.client_id, secret: body.client_secret };
      made.value = true;
      if (machine && granted.value.size > 0) await attempt(() => grant(body.client_id, audience.value, granted.value)); // it is made, whatever comes of this
      setTimeout(() => go(`/app/admin/applications/${encodeURIComponent(body.client_id)}`, { replace: true })); // once the form is known as saved
    } catch (e) { throw atFields(e, wrong, ["name", "callbacks", "allowed_logout_urls", "web_origins"]); }
  };
  return html`<section class="card pad" key="details"><${Form} act=${act} button=${t("apps.make")}>
    <${Field} label=${t("apps.name")} value=${of.name} onInput=${(v) => change({ name: v })} required maxlength="200" autocomplete="off" hint=${t("apps.name-hint")} wrong=${wrong.value.name?.[0].detail} />
    <${Field} label=${t("apps.description")} value=${of.description} onInput=${(v) => change({ description: v })} maxlength="500" autocomplete="off" hint=${t("apps.description-hint")} />
    ${machine ? html`<${Granted} apis=${apis} audience=${audience} granted=${granted} />` : html`<${Addresses} type=${type} of=${of} change=${change} wrong=${wrong.value} />
      <${Scopes} legend=${t("apps.scopes")} of=${choices} chosen=${scopes.value} onChange=${(next) => { scopes.value = next; }} />
      <${Check} label=${t("apps.skip")} hint=${t("apps.skip-hint")} checked=${of.skip} onChange=${(on) => change({ skip: on })} />`}<//></section>`;
}

/** What is wrong as far as this can tell. An application for people that has nowhere to send them would be of no use. */
function mistaken(type, of) {
  const found = {};
  if (type === "non_interactive") return found;
  const callbacks = lines(of.callbacks);
  if (callbacks.length === 0) found.callbacks = [{ detail: t("apps.uri.needed") }];
  if (callbacks.some((uri) => redirectMistake(type, uri))) found.callbacks = [];
  if (lines(of.logouts).some((uri) => redirectMistake(type, uri))) found.allowed_logout_urls = [];
  if (type === "spa" && lines(of.origins).some(originMistake)) found.web_origins = [];
  return found;
}

const request = (type, of, scopes) => ({
  name: of.name, app_type: type, ...(of.description && { description: of.description }),
  ...(type !== "non_interactive" && { callbacks: lines(of.callbacks), allowed_logout_urls: lines(of.logouts), scopes: [...scopes], skip_consent: of.skip }),
  ...(type === "spa" && { web_origins: lines(of.origins) }),
});

async function grant(client_id, audience, scopes) {
  await manage.post("client-grants", { client_id, audience, scope: [...scopes], subject_type: "client" });
}

/** Machines may do nothing until they are granted something. */
function Granted({ apis, audience, granted }) {
  const api = apis.find((a) => a.identifier === audience.value);
  return html`<${Field} label=${t("apps.api")} hint=${t("apps.api-hint")} value=${audience.value} list=${apis.map((a) => [a.identifier, a.name])} onInput=${(v) => { audience.value = v; granted.value = new Set(); }} />
    <${Scopes} legend=${t("apps.granted")} of=${scopesOf(api)} chosen=${granted.value} onChange=${(next) => { granted.value = next; }} />`;
}
