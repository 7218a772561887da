import { html, useSignal } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";
import { go } from "../../lib/router.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { Dialog, Failure, Icon, Loading, say } from "../../lib/ui.js";
import { atFields, Copyable, DeleteDialog, every, scopesOf } from "./bits.js";
import { Check, Field, Form, Head, manage } from "./parts.js";

/** APIs that tokens are issued for, and the scopes of each. */
export default ({ id }) => (id ? html`<${Api} id=${id} key=${id} />` : html`<${Apis} />`);

function Apis() {
  const loaded = useLoad(() => every("resource-servers")), adding = useSignal(false), list = loaded.value.value;
  return html`<${Head} title=${t("apis.title")}><button class="btn primary" onClick=${() => { adding.value = true; }}><${Icon} name="plus" />${t("apis.add")}</button><//>
    <p class="fine">${t("apis.about")}</p>
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !list ? html`<${Loading} />` : html`<section class="card table-wrap"><table class="table stack">
      <thead><tr><th scope="col">${t("apis.name")}</th><th scope="col">${t("apis.identifier")}</th><th scope="col" class="end">${t("apis.scopes")}</th><th scope="col" class="end">${t("apis.lifetime")}</th></tr></thead>
      <tbody>${list.map((a) => html`<tr key=${a.id}><td><a href="/app/admin/apis/${encodeURIComponent(a.id)}"><bdi>${a.name}</bdi></a>${a.is_system && html`<span class="second">${t("apis.system")}</span>`}</td>
        <td><span class="id">${a.identifier}</span></td><td class="end" data-of=${t("apis.scopes")}>${a.scopes.length}</td><td class="end" data-of=${t("apis.lifetime")}>${span(a.token_lifetime)}</td></tr>`)}</tbody></table></section>`}
    ${adding.value && html`<${NewApi} close=${() => { adding.value = false; }} />`}`;
}

/** Seconds as people say them. */
const span = (seconds) => (seconds % 3600 === 0 ? t("apis.hours", { n: seconds / 3600 }) : seconds % 60 === 0 ? t("apis.minutes", { n: seconds / 60 }) : t("apis.seconds", { n: seconds }));

function NewApi({ close }) {
  const name = useSignal(""), identifier = useSignal(""), wrong = useSignal({});
  useUnsaved(Boolean(name.value || identifier.value));
  const act = async () => {
    try { go(`/app/admin/apis/${encodeURIComponent((await manage.post("resource-servers", { name: name.value, identifier: identifier.value })).body.id)}`); } catch (e) { throw atFields(e, wrong, ["name", "identifier"]); }
  };
  return html`<${Dialog} title=${t("apis.add")} close=${close}><${Form} act=${act} button=${t("apis.add")}>
    <${Field} label=${t("apis.name")} value=${name.value} onInput=${(v) => { name.value = v; }} required maxlength="200" autocomplete="off" wrong=${wrong.value.name?.[0].detail} />
    <${Field} label=${t("apis.identifier")} hint=${t("apis.identifier-hint")} value=${identifier.value} onInput=${(v) => { identifier.value = v; }} required maxlength="600" autocomplete="off" inputmode="url"
      wrong=${wrong.value.identifier?.[0].detail} /><//><//>`;
}

function Api({ id }) {
  const loaded = useLoad(async () => (await manage.get("resource-servers/" + encodeURIComponent(id))).body, [id]), deleting = useSignal(false), api = loaded.value.value;
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  if (!api) return html`<${Loading} />`;
  const remove = async () => { await manage.del("resource-servers/" + encodeURIComponent(id)); say(t("apis.deleted")); go("/app/admin/apis", { replace: true }); };
  return html`<${Head} title=${html`<bdi>${api.name}</bdi>`} back=${["/app/admin/apis", t("apis.title")]}>
      ${!api.is_system && html`<button class="btn bad" onClick=${() => { deleting.value = true; }}><${Icon} name="trash" />${t("apis.delete")}</button>`}<//>
    ${api.is_system && html`<p class="note"><${Icon} name="lock" /><span>${t("apis.system-detail")}</span></p>`}
    <section class="card pad"><dl class="facts"><dt>${t("apis.identifier")}</dt><dd><${Copyable} value=${api.identifier} name=${t("apis.identifier")} /></dd></dl></section>
    <${Settings} api=${api} saved=${loaded.reload} key=${JSON.stringify(api)} />
    ${deleting.value && html`<${DeleteDialog} title=${t("apis.delete")} detail=${t("apis.delete-detail")} name=${api.name} act=${remove} close=${() => { deleting.value = false; }} />`}`;
}

const switches = ["enforce_policies", "allow_offline_access", "skip_consent_for_verifiable_first_party_clients", "grant_all_permitted"];

function Settings({ api, saved }) {
  const form = useSignal(api), wrong = useSignal({}), of = form.value, change = (part) => { form.value = { ...form.value, ...part }; };
  const changed = () => Object.fromEntries(["name", "token_lifetime", "signing_alg", "max_auth_age_for_approval", "scopes", ...switches].filter((k) => JSON.stringify(of[k]) !== JSON.stringify(api[k])).map((k) => [k, of[k]]));
  useUnsaved(Object.keys(changed()).length > 0);
  const act = async () => {
    const { token_lifetime, ...rest } = changed();
    wrong.value = {};
    try { await manage.patch("resource-servers/" + encodeURIComponent(api.id), { ...rest, ...(token_lifetime && { token_lifetime, token_lifetime_for_web: token_lifetime }) }); } catch (e) { throw atFields(e, wrong, ["name", "token_lifetime", "max_auth_age_for_approval", "scopes"]); }
    await saved();
  };
  const management = api.is_system && api.identifier.endsWith("/api/v2/");
  return html`<section class="card pad"><h2>${t("apis.settings")}</h2><${Form} act=${act} done=${t("apps.saved")}>
    <${Field} label=${t("apis.name")} value=${of.name} onInput=${(name) => change({ name })} required maxlength="200" wrong=${wrong.value.name?.[0].detail} />
    <div class="two-fields"><${Field} label=${t("apis.lifetime-of")} hint=${t("apis.lifetime-hint")} type="number" min="1" max="86400" required value=${of.token_lifetime} onInput=${(v) => change({ token_lifetime: Number(v) })} wrong=${wrong.value.token_lifetime?.[0].detail} />
      <${Field} label=${t("apis.alg")} hint=${t("apis.alg-hint")} value=${of.signing_alg} onInput=${(signing_alg) => change({ signing_alg })} list=${["RS256", "PS256", "ES256", "EdDSA"].map((a) => [a, a])} />
      <${Field} label=${t("apis.fresh")} hint=${t("apis.fresh-hint")} type="number" min="0" required value=${of.max_auth_age_for_approval} onInput=${(v) => change({ max_auth_age_for_approval: Number(v) })} wrong=${wrong.value.max_auth_age_for_approval?.[0].detail} /></div>
    ${!management && switches.map((name) => html`<${Check} key=${name} label=${t("apis.switch." + name)} hint=${t("apis.switch-hint." + name)} checked=${of[name]} onChange=${(on) => change({ [name]: on })} />`)}
    <${ScopeRows} api=${api} list=${of.scopes} onChange=${(scopes) => change({ scopes })} wrong=${wrong.value.scopes?.[0].detail} /><//></section>`;
}

function ScopeRows({ api, list, onChange, wrong }) {
  const put = (i, part) => onChange(list.map((s, j) => (j === i ? { ...s, ...part } : s)));
  if (api.is_system) return html`<h3>${t("apis.scopes")}</h3><dl class="facts">${scopesOf(api).map((s) => html`<dt key=${s.value}><code>${s.value}</code></dt><dd>${s.description}</dd>`)}</dl>`;
  return html`<h3>${t("apis.scopes")}</h3><p class="fine">${t("apis.scopes-hint")}</p>${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
    ${list.map((s, i) => html`<div class="scope-row" key=${i}><${Field} label=${t("apis.scope")} value=${s.value} onInput=${(value) => put(i, { value })} required maxlength="280" autocomplete="off" spellcheck="false" data-scope=${i} />
      <${Field} label=${t("apis.scope-words")} value=${s.description ?? ""} onInput=${(description) => put(i, { description })} maxlength="500" />
      <button type="button" class="btn quiet only-icon" aria-label=${t("apis.remove-scope", { scope: s.value })} onClick=${() => onChange(list.filter((_, j) => j !== i))}><${Icon} name="x" /></button></div>`)}
    <div class="acts"><button type="button" class="btn" onClick=${() => onChange([...list, { value: "", description: "" }])}><${Icon} name="plus" />${t("apis.add-scope")}</button></div>`;
}
