import { html, useEffect, useState } from "../../vendor/preact.js";
import { get, put } from "../../lib/api.js";
import { t } from "../../lib/i18n.js";
import { Failure, say } from "../../lib/ui.js";

/** Of what one is told, here and by mail. Each switch is kept at once; what could not be kept goes back. */
export function Switches() {
  const [settings, set] = useState(null), [error, fail] = useState(null);
  const load = () => { fail(null); get("/me/notifications").then((a) => set(a.body), fail); };
  useEffect(load, []);
  const flip = async (kind, where, on) => {
    const before = settings, kinds = settings.kinds.map((k) => (k.kind === kind ? { ...k, [where]: on } : k));
    set({ ...settings, kinds });
    try { set((await put("/me/notifications", { kinds })).body); say(t("notifications.kept")); } catch (e) { set(before); fail(e); }
  };
  const box = (k, where) => html`<input type="checkbox" checked=${k[where]} disabled=${where === "email" && !settings.email_available}
    aria-label=${t(`notifications.${where}-of`, { kind: t(`notifications.kind-${k.kind}`) })} onChange=${(e) => flip(k.kind, where, e.target.checked)} />`;
  return html`<section class="switches"><h2>${t("notifications.how")}</h2>
    ${error && html`<${Failure} error=${error} retry=${load} />`}
    ${settings && html`<div class="card"><table class="table">
      <thead><tr><th>${t("notifications.what")}</th><th>${t("notifications.in_app")}</th><th>${t("notifications.email")}</th></tr></thead>
      <tbody>${settings.kinds.map((k) => html`<tr key=${k.kind}><td>${t(`notifications.kind-${k.kind}`)}</td>
        <td><label class="tick">${box(k, "in_app")}</label></td><td><label class="tick">${box(k, "email")}</label></td></tr>`)}</tbody></table></div>
    ${!settings.email_available && html`<p class="fine">${t("notifications.no-mail")}</p>`}`}</section>`;
}
