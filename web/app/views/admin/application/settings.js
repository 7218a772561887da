import { html, useSignal } from "../../../vendor/preact.js";
import { t } from "../../../lib/i18n.js";
import { useLoad } from "../../../lib/load.js";
import { useUnsaved } from "../../../lib/unsaved.js";
import { atFields, every, lines, Scopes, scopesOf } from "../bits.js";
import { Check, Field, Form, manage } from "../parts.js";
import { Addresses, identity } from "./fields.js";

/** What of an application can be changed, as its form holds it: lists as lines. */
const asForm = (app) => ({
  name: app.name, description: app.description, callbacks: app.callbacks.join("\n"), logouts: app.allowed_logout_urls.join("\n"), origins: app.web_origins.join("\n"),
  scopes: new Set(app.scopes), skip: app.skip_consent, backchannel: app.oidc_logout.backchannel_logout_urls[0] ?? "",
  pushed: app.require_pushed_authorization_requests, pkce: app.require_pkce, alg: app.jwt_configuration.alg,
});

const asRequest = (form, type) => ({
  name: form.name, description: form.description,
  ...(type !== "non_interactive" && {
    callbacks: lines(form.callbacks), allowed_logout_urls: lines(form.logouts), scopes: [...form.scopes], skip_consent: form.skip,
    oidc_logout: { backchannel_logout_urls: [form.backchannel.trim()].filter(Boolean) }, require_pushed_authorization_requests: form.pushed,
    jwt_configuration: { alg: form.alg },
  }),
  ...(type === "spa" && { web_origins: lines(form.origins) }), ...(type === "regular_web" && { require_pkce: form.pkce }),
});

export function Settings({ app, saved }) {
  const form = useSignal(asForm(app)), wrong = useSignal({}), type = app.app_type, of = form.value;
  const before = JSON.stringify(asRequest(asForm(app), type)), change = (part) => { form.value = { ...form.value, ...part }; };
  useUnsaved(JSON.stringify(asRequest(of, type)) !== before);
  const act = async () => {
    wrong.value = {};
    const was = JSON.parse(before), now = asRequest(of, type), changed = Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name]));
    if (changed.length === 0) return;
    try { await manage.patch("clients/" + encodeURIComponent(app.client_id), Object.fromEntries(changed)); } catch (e) { throw atFields(e, wrong, ["name", "description", "callbacks", "allowed_logout_urls", "web_origins", "oidc_logout"]); }
    await saved();
  };
  return html`<section class="card pad wide"><h2>${t("apps.settings")}</h2><${Form} act=${act} done=${t("apps.saved")}>
    <div class="two-fields"><${Field} label=${t("apps.name")} value=${of.name} onInput=${(v) => change({ name: v })} required maxlength="200" wrong=${wrong.value.name?.[0].detail} />
      <${Field} label=${t("apps.description")} value=${of.description} onInput=${(v) => change({ description: v })} maxlength="500" wrong=${wrong.value.description?.[0].detail} /></div>
    ${type !== "non_interactive" && html`<${Addresses} type=${type} of=${of} change=${change} wrong=${wrong.value} /><${Asks} of=${of} change=${change} />
      <${Fine} type=${type} of=${of} change=${change} wrong=${wrong.value} />`}<//></section>`;
}

/** What it may ask people for at the timesheet API. */
function Asks({ of, change }) {
  const apis = useLoad(() => every("resource-servers")), own = apis.value.value?.find((a) => a.is_system && !a.identifier.endsWith("/api/v2/"));
  const choices = [...identity(), ...(own ? scopesOf(own) : [])], missing = [...of.scopes].filter((value) => !choices.some((c) => c.value === value)).map((value) => ({ value }));
  return html`<${Scopes} legend=${t("apps.scopes")} of=${[...choices, ...missing]} chosen=${of.scopes} onChange=${(scopes) => change({ scopes })} />
    <${Check} label=${t("apps.skip")} hint=${t("apps.skip-hint")} checked=${of.skip} onChange=${(skip) => change({ skip })} />`;
}

/** What most applications leave as it is. */
const Fine = ({ type, of, change, wrong }) => html`<details class="more"><summary>${t("apps.advanced")}</summary><div class="form">
  <${Field} label=${t("apps.backchannel")} hint=${t("apps.backchannel-hint")} value=${of.backchannel} onInput=${(backchannel) => change({ backchannel })} inputmode="url" autocomplete="off"
    wrong=${wrong.oidc_logout?.[0].detail} />
  <${Field} label=${t("apps.id-token-alg")} hint=${t("apps.id-token-alg-hint")} value=${of.alg} onInput=${(alg) => change({ alg })} list=${["RS256", "PS256", "ES256", "EdDSA"].map((a) => [a, a])} />
  <${Check} label=${t("apps.pushed")} hint=${t("apps.pushed-hint")} checked=${of.pushed} onChange=${(pushed) => change({ pushed })} />
  ${type === "regular_web" ? html`<${Check} label=${t("apps.pkce")} hint=${t("apps.pkce-hint")} checked=${of.pkce} onChange=${(pkce) => change({ pkce })} />` : html`<p class="fine">${t("apps.pkce-always")}</p>`}
  <p class="fine">${t("apps.dpop")}</p></div></details>`;
