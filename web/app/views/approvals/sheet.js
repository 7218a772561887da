import { html, signal } from "../../vendor/preact.js";
import { all, get, query } from "../../lib/api.js";
import { day, t } from "../../lib/i18n.js";
import { loadOrganization, organization } from "../../lib/organization.js";
import { clock, sum } from "../../lib/time.js";
import { Dot } from "../../lib/ui.js";
import { columnName, columnsOf, expectedOf, knowPeople, weeksBefore } from "./data.js";

const projects = signal(new Map());
let asked;
export const projectName = (id) => projects.value.get(id) ?? "–";

/** All that is known of a period. It is read before its entries: what comes between them is refused by the revision. */
export async function loadSheet(id) {
  const period = (await get(`/periods/${id}`)).body, of = { user_id: period.user_id };
  asked ??= all("/projects", { most: 2000 }).then((found) => { projects.value = new Map(found.map((p) => [p.id, p.name])); }, () => { asked = undefined; });
  const [entries, difference, events, before] = await Promise.all([
    all(query("/timesheets", { ...of, from: period.start, to: period.end }), { most: 1000 }), get(`/periods/${id}/diff`).then((a) => a.body),
    all(`/periods/${id}/events`, { most: 200 }),
    get(query("/reports/summary", { ...of, group_by: "project", ...weeksBefore(period) })).then((a) => a.body, () => null),
    asked, organization.value ?? loadOrganization(),
  ]);
  await knowPeople([period.user_id, ...period.approvers, ...events.flatMap((e) => [e.by, e.on_behalf_of]), ...entries.map((e) => e.approved_by)]);
  entries.sort((a, b) => a.date.localeCompare(b.date) || (a.start ?? "").localeCompare(b.start ?? "") || a.id.localeCompare(b.id));
  return { period, entries, difference, events, before };
}

/** Projects by days, or of a month by weeks, with what is expected and the mean of the four weeks before. */
export function Grid({ period, entries, before }) {
  const columns = columnsOf(period), week = columns.every((dates) => dates.length === 1), ids = [...new Set(entries.map((e) => e.project_id))];
  const at = (id, dates) => sum(entries.filter((e) => (!id || e.project_id === id) && (!dates || dates.includes(e.date))).map((e) => e.minutes));
  const usual = (id) => (before ? Math.round((id ? before.groups.find((g) => g.key === id)?.minutes ?? 0 : before.minutes) / 4) : 0);
  const cells = (of) => columns.map((dates) => html`<td key=${dates[0]} class="end">${of(dates) ? clock(of(dates)) : "–"}</td>`);
  return html`<div class="table-wrap" tabindex="0" role="region" aria-label=${t("approvals.grid")}><table class="table ap-grid">
    <thead><tr><th>${t("approvals.project")}</th>
      ${columns.map((dates) => html`<th key=${dates[0]} class="end">${week ? html`<span>${day(dates[0], { weekday: "short" })}</span> ${day(dates[0], { day: "numeric" })}`
        : columnName(dates)}</th>`)}
      <th class="end">${t("approvals.total")}</th><th class="end">${t("approvals.mean")}</th></tr></thead>
    <tbody>${ids.map((id) => html`<tr key=${id}><th scope="row"><span><${Dot} id=${id} /><bdi>${projectName(id)}</bdi></span></th>${cells((dates) => at(id, dates))}
      <td class="end"><b>${clock(at(id))}</b></td><td class="end usual">${clock(usual(id))}</td></tr>`)}</tbody>
    <tfoot><tr><th scope="row">${t("approvals.total")}</th>${cells((dates) => at(null, dates))}
      <td class="end"><b>${clock(at())}</b></td><td class="end usual">${clock(usual())}</td></tr>
      ${period.expected_minutes > 0 && html`<tr class="expected"><th scope="row">${t("approvals.expected")}</th>
        ${cells((dates) => expectedOf(period.user_id, dates))}<td class="end">${clock(period.expected_minutes)}</td><td /></tr>`}</tfoot>
  </table></div>`;
}
