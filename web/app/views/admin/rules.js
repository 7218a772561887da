import { html, useSignal } from "../../vendor/preact.js";
import { useLoad } from "../../lib/load.js";
import { t } from "../../lib/i18n.js";
import { go } from "../../lib/router.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { Failure, Icon, Loading, say } from "../../lib/ui.js";
import { atFields } from "./bits.js";
import { attempt, Check, Danger, Field, Form, Head, manage } from "./parts.js";

/** Rules: scripts that look at each sign-in, and what they know (their configuration). */
export default ({ id }) => (id ? html`<${Rule} id=${id} key=${id} />` : html`<${Rules} />`);

function Rules() {
  const loaded = useLoad(async () => (await manage.get("rules?per_page=100")).body), rules = loaded.value.value;
  const turn = (rule, enabled) => attempt(async () => { await manage.patch("rules/" + rule.id, { enabled }); await loaded.reload(); }, t(enabled ? "rules.runs" : "rules.rests", { name: rule.name }));
  return html`<${Head} title=${t("rules.title")}><a class="btn" href="/app/admin/logs?type=rules_ran">${t("rules.traces")}</a>
      <a class="btn primary" href="/app/admin/rules/new"><${Icon} name="plus" />${t("rules.add")}</a><//><p class="fine">${t("rules.detail")}</p>
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !rules ? html`<${Loading} />` : rules.length === 0 ? html`<p class="empty">${t("rules.none")}</p>` : html`<section class="card table-wrap"><table class="table">
      <thead><tr><th scope="col">${t("rules.order")}</th><th scope="col">${t("rules.name")}</th><th scope="col">${t("rules.state")}</th></tr></thead>
      <tbody>${rules.map((r) => html`<tr key=${r.id}><td class="num">${r.order}</td><td><a href="/app/admin/rules/${r.id}"><bdi>${r.name}</bdi></a></td><td><${Check} label=${t(r.enabled ? "rules.on" : "rules.off")} checked=${r.enabled} onChange=${(on) => turn(r, on)} aria-label=${t("rules.on-of", { name: r.name })} /></td></tr>`)}</tbody></table></section>`}
    <${Configuration} />`;
}

const fresh = { name: "", order: undefined, enabled: true, script: "function (user, context, callback) {\n  // context.accessToken[\"https://example.com/claim\"] = user.email;\n  callback(null, user, context);\n}\n" };

function Rule({ id }) {
  const loaded = useLoad(async () => (id === "new" ? fresh : (await manage.get("rules/" + id)).body), [id]), rule = loaded.value.value;
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  return rule ? html`<${Editor} rule=${rule} id=${id} key=${id} saved=${loaded.reload} />` : html`<${Loading} />`;
}

function Editor({ rule, id, saved }) {
  const name = useSignal(rule.name), order = useSignal(String(rule.order ?? "")), script = useSignal(rule.script), wrong = useSignal({}), made = id === "new";
  const changed = name.value !== rule.name || script.value !== rule.script || order.value !== String(rule.order ?? "");
  useUnsaved(changed);
  const act = async () => {
    const fields = { name: name.value, script: script.value, ...(order.value && { order: Number(order.value) }) };
    wrong.value = {};
    try {
      if (made) { const { id: of } = (await manage.post("rules", { ...fields, enabled: false })).body; say(t("rules.made")); return go(`/app/admin/rules/${of}`); }
      await manage.patch("rules/" + id, fields);
    } catch (e) { throw atFields(e, wrong, ["name", "order", "script"]); }
    await saved();
  };
  const remove = () => attempt(async () => { await manage.del("rules/" + id); go("/app/admin/rules"); }, t("rules.removed"));
  return html`<${Head} title=${made ? t("rules.add") : html`<bdi>${rule.name}</bdi>`} back=${["/app/admin/rules", t("rules.title")]} />
    <section class="card pad"><${Form} act=${act} done=${made ? undefined : t("rules.saved")} extra=${!made && html`<${Danger} label=${t("rules.remove")} title=${t("rules.remove-sure", { name: rule.name })} act=${remove} />`}>
      <div class="two-fields"><${Field} label=${t("rules.name")} value=${name.value} onInput=${(v) => { name.value = v; }} required maxlength="100" wrong=${wrong.value.name?.[0].detail} />
      <${Field} label=${t("rules.order")} type="number" min="1" value=${order.value} onInput=${(v) => { order.value = v; }} hint=${t("rules.order-hint")} wrong=${wrong.value.order?.[0].detail} /></div>
      <${Script} value=${script} wrong=${wrong.value.script?.[0].detail} />${made && html`<p class="fine">${t("rules.made-hint")}</p>`}<//></section>
    <${Trial} script=${script} />`;
}

/** Tab indents; Esc lets the next Tab leave, so that nobody is caught by the keyboard. */
function Script({ value, wrong }) {
  const leave = useSignal(false);
  const keys = (e) => {
    if (e.key === "Escape") leave.value = true;
    else if (e.key === "Tab" && !leave.value && !e.shiftKey) { e.preventDefault(); e.target.setRangeText("  ", e.target.selectionStart, e.target.selectionEnd, "end"); value.value = e.target.value; }
    else if (e.key !== "Shift") leave.value = false;
  };
  return html`<div class="field"><label for="rule-script">${t("rules.script")}</label>
    <textarea id="rule-script" class="input code" rows="16" spellcheck="false" autocapitalize="off" autocomplete="off" value=${value.value} onInput=${(e) => { value.value = e.target.value; }} onKeyDown=${keys} aria-invalid=${wrong ? "true" : undefined} aria-describedby="rule-script-more" />
    <span id="rule-script-more" class=${wrong ? "wrong" : "fine"}>${wrong ?? t("rules.script-hint")}</span></div>`;
}

const exampleUser = { user_id: "usr_1", email: "ada@exampleco.com", email_verified: true, name: "Ada Lovelace", app_metadata: {}, user_metadata: {} };
const exampleContext = {
  protocol: "oidc-basic-profile", clientID: "timesheets-mobile", clientName: "Timesheets for phones", stats: { loginsCount: 1 }, request: { query: {}, body: {}, geoip: {} },
  authorization: { roles: ["employee"] }, accessToken: { scope: ["openid", "read:timesheets"] }, idToken: {},
};

/** The test bench: the script as it stands in the editor, on a sign-in that is made up. */
function Trial({ script }) {
  const user = useSignal(JSON.stringify(exampleUser, null, 2)), context = useSignal(JSON.stringify(exampleContext, null, 2)), tried = useSignal(null);
  const act = async () => {
    tried.value = null;
    tried.value = (await manage.post("rules/trial", { script: script.value, user: read(user.value, "user"), context: read(context.value, "context") })).body;
  };
  return html`<section class="card pad"><h2>${t("rules.trial")}</h2><p class="fine">${t("rules.trial-hint")}</p><${Form} act=${act} button=${t("rules.try")}>
    <div class="two-fields">${[["user", user], ["context", context]].map(([name, value]) => html`<div class="field" key=${name}><label for="trial-${name}">${t("rules." + name)}</label>
      <textarea id="trial-${name}" class="input code" rows="9" spellcheck="false" value=${value.value} onInput=${(e) => { value.value = e.target.value; }} /></div>`)}</div><//>
    ${tried.value && html`<${Tried} of=${tried.value} />`}</section>`;
}

function read(text, name) {
  try { return JSON.parse(text); } catch (e) { throw new Error(t("rules.no-json", { name: t("rules." + name), why: e.message })); }
}

const Tried = ({ of }) => html`<div class="tried" role="status"><p><span class="chip" data-s=${{ allowed: "approved", denied: "rejected", failed: "rejected" }[of.outcome]}>${t("rules." + of.outcome)}</span> <bdi>${of.message}</bdi></p>
  ${of.scope && html`<p>${t("rules.scope")} <code>${of.scope.join(" ")}</code></p>`}
  ${[["access_token", "rules.access-token"], ["id_token", "rules.id-token"]].map(([part, key]) => Object.keys(of[part]).length > 0 && html`<p key=${part}>${t(key)}</p><pre><code>${JSON.stringify(of[part], null, 2)}</code></pre>`)}
  ${of.ignored.length > 0 && html`<p class="alert warn">${t("rules.ignored", { names: of.ignored.join(", ") })}</p>`}
  ${of.said.length > 0 && html`<p>${t("rules.said")}</p><pre><code>${of.said.join("\n")}</code></pre>`}</div>`;

function Configuration() {
  const loaded = useLoad(async () => (await manage.get("rules-configs")).body), key = useSignal(""), value = useSignal(""), list = loaded.value.value;
  const add = async () => { await manage.put("rules-configs/" + encodeURIComponent(key.value), { value: value.value }); key.value = value.value = ""; await loaded.reload(); };
  const remove = (name) => attempt(async () => { await manage.del("rules-configs/" + encodeURIComponent(name)); await loaded.reload(); });
  return html`<section class="card pad"><h2>${t("rules.configuration")}</h2><p class="fine">${t("rules.configuration-hint")}</p>${loaded.error.value && html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`}
    ${list?.length > 0 && html`<ul class="plain">${list.map((c) => html`<li key=${c.key}><code>${c.key}</code><button class="btn quiet only-icon" aria-label=${t("rules.remove-key", { key: c.key })} onClick=${() => remove(c.key)}><${Icon} name="x" /></button></li>`)}</ul>`}
    <${Form} act=${add} button=${t("rules.set")} done=${t("rules.key-set")}><div class="two-fields"><${Field} label=${t("rules.key")} value=${key.value} onInput=${(v) => { key.value = v; }} required maxlength="100" />
      <${Field} label=${t("rules.value")} type="password" autocomplete="off" value=${value.value} onInput=${(v) => { value.value = v; }} required hint=${t("rules.value-hint")} /></div><//></section>`;
}
