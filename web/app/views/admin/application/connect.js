import { html, useSignal } from "../../../vendor/preact.js";
import { t } from "../../../lib/i18n.js";
import { Copyable, Snippet } from "../bits.js";
import { snippets } from "./snippets.js";

const issuer = document.getElementById("app").dataset.issuer;

/** What goes into the application: where the server is, and lines to paste that work with it as it is registered. */
export function Connect({ app, secret }) {
  const list = snippets({ app, issuer, secret: secret ?? t("apps.your-secret") }), chosen = useSignal(list[0][0]);
  const [name, text] = list.find(([name]) => name === chosen.value) ?? list[0];
  return html`<section class="card pad wide"><h2>${t("apps.connect")}</h2>
    <dl class="facts"><dt>${t("apps.issuer")}</dt><dd><${Copyable} value=${issuer} name=${t("apps.issuer")} /></dd>
      <dt>${t("apps.discovery")}</dt><dd><${Copyable} value=${issuer + ".well-known/openid-configuration"} name=${t("apps.discovery")} /></dd></dl>
    <div class="libraries" role="group" aria-label=${t("apps.library")}>${list.map(([one]) => html`<button type="button" key=${one} class="btn" aria-pressed=${String(one === name)} onClick=${() => { chosen.value = one; }}>${one}</button>`)}</div>
    <${Snippet} text=${text} name=${name} /></section>`;
}
