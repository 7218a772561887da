import { html } from "../vendor/preact.js";
import { t } from "../lib/i18n.js";

export default function View() {
  return html`<div class="page"><h1>${t("app.week")}</h1></div>`;
}
