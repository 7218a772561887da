import { html } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { addRow, rows } from "../../lib/week.js";
import { Dialog } from "../../lib/ui.js";
import { Choose } from "./choose.js";
import { focusCell, focused } from "./keys.js";

/** A row for the week; then one is in it. */
export default function Add({ close }) {
  const choose = ({ project, task }) => {
    const key = addRow({ project_id: project.id, task });
    close();
    setTimeout(() => focusCell(rows.value.findIndex((r) => r.key === key), focused.value.c), 60);
  };
  return html`<${Dialog} title=${t("week.add-row")} close=${close}><${Choose} label=${t("week.project-and-task")} choose=${choose} />
    <p class="fine">${t("week.away")} <a href="/app/reports/calendar">${t("week.enter-absence")}</a></p><//>`;
}
