import { html, useState } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { askToReopen, nameOf, week } from "../../lib/week.js";
import { Dialog, explain, Icon, say } from "../../lib/ui.js";

/** Asks whoever can do so to reopen what is approved, and says why. */
export default function Reopen({ close }) {
  const [reason, setReason] = useState(""), [failed, setFailed] = useState(null), [busy, setBusy] = useState(false);
  useUnsaved(reason.trim() !== "");
  const who = week.value.period.approvers.map(nameOf).join(", ") || t("week.an-administrator");
  const ask = async (e) => {
    e.preventDefault();
    setBusy(true);
    try { await askToReopen(reason.trim()); close(); say(t("week.asked", { who })); } catch (problem) { setFailed(problem); setBusy(false); }
  };
  return html`<${Dialog} title=${t("week.ask-to-reopen")} close=${close}><form class="form" onSubmit=${ask}>
    ${failed && html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${failed.status === 412 ? t("week.changed-meanwhile") : explain(failed)}</span></div>`}
    <p>${t("week.reopen-detail", { who })}</p>
    <label class="field"><span class="label">${t("week.reason")}</span><textarea class="input" required autofocus maxlength="2000" value=${reason} onInput=${(e) => setReason(e.currentTarget.value)} /></label>
    <div class="form-foot"><button type="button" class="btn" onClick=${close}>${t("app.cancel")}</button><button class="btn primary" disabled=${busy || !reason.trim()}>${t("week.ask")}</button></div></form><//>`;
}
