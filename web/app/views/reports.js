import { html } from "../vendor/preact.js";
import { t } from "../lib/i18n.js";
import { useLoad } from "../lib/load.js";
import { loadOrganization, organization } from "../lib/organization.js";
import { Failure, Loading } from "../lib/ui.js";
import Summary from "./reports/summary.js";
import Calendar from "./reports/calendar.js";
import Import from "./reports/import.js";

const pages = { "": ["reports.hours", Summary], calendar: ["reports.calendar", Calendar], import: ["reports.import", Import] };

/** Reports: hours in sums and charts, the team's calendar, and time from elsewhere. */
export default function Reports({ page = "" }) {
  const [, View] = pages[page] ?? [];
  return html`<div class="page"><div class="page-head"><h1>${t("app.reports")}</h1>
    <nav class="seg" aria-label=${t("app.reports")}>${Object.entries(pages).map(([path, [key]]) => html`<a key=${path} class="btn" href="/app/reports${path && "/" + path}" aria-current=${path === page ? "page" : undefined}>${t(key)}</a>`)}</nav></div>
    ${View ? html`<${Known} of=${View} />` : html`<p class="empty">${t("app.nothing-here")}</p>`}</div>`;
}

/** A page, once it is known by which weeks go. */
function Known({ of }) {
  const known = useLoad(loadOrganization);
  if (organization.value) return html`<${of} />`;
  return known.error.value ? html`<${Failure} error=${known.error.value} retry=${known.reload} />` : html`<${Loading} />`;
}
