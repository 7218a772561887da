import { html, useSignal } from "../../vendor/preact.js";
import { all } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { t } from "../../lib/i18n.js";
import { set, url } from "../../lib/router.js";
import { weekOf } from "../../lib/organization.js";
import { addDays, today } from "../../lib/time.js";

/** What a report is about is in the address, so that a link shows the same. */
export const asked = () => Object.fromEntries(url.value.searchParams);

const month = (day, by = 0) => { const d = new Date(Date.UTC(+day.slice(0, 4), +day.slice(5, 7) - 1 + by, 1)); return d.toISOString().slice(0, 10); };
const quarter = (day) => month(day, -((+day.slice(5, 7) - 1) % 3));

/** Stretches of days by their names. */
export const stretches = {
  "this-week": weekOf, "last-week": (d) => weekOf(addDays(weekOf(d)[0], -1)),
  "this-month": (d) => [month(d), addDays(month(d, 1), -1)], "last-month": (d) => [month(d, -1), addDays(month(d), -1)],
  "this-quarter": (d) => [quarter(d), addDays(month(quarter(d), 3), -1)], "last-quarter": (d) => [month(quarter(d), -3), addDays(quarter(d), -1)],
  "this-year": (d) => [`${d.slice(0, 4)}-01-01`, `${d.slice(0, 4)}-12-31`],
};

/** The days that are asked about: of a stretch by its name, or one's own. */
export function days(q = asked()) {
  if (q.from && q.to) return [q.from, q.to];
  return (stretches[q.time] ?? stretches["this-month"])(today());
}

/** The filters as the API takes them. */
export function filters(q = asked()) {
  const [from, to] = days(q);
  return { from, to, user_id: q.user, project_id: q.project, tag: q.tag, billable: q.billable, state: q.state, q: q.q };
}

const Select = ({ label, name, list }) => html`<label class="field"><span class="label">${label}</span>
  <select class="input" value=${asked()[name] ?? ""} onChange=${(e) => set({ [name]: e.target.value }, { replace: true })}>${list.map(([v, text]) => html`<option key=${v} value=${v} selected=${v === (asked()[name] ?? "")}>${text}</option>`)}</select></label>`;

export function Filters() {
  const lists = useLoad(async () => {
    const [people, projects, tags] = await Promise.all([all("/people?limit=200"), all("/projects?limit=200"), all("/tags", { most: 500 })]);
    return { people, projects, tags };
  });
  const { people = [], projects = [], tags = [] } = lists.value.value ?? {}, q = asked(), [from, to] = days(q), more = useSignal(Boolean(q.tag || q.billable || q.state));
  return html`<div class="filters card pad" role="group" aria-label=${t("reports.filters")}>
    <label class="field"><span class="label">${t("reports.time")}</span><select class="input" value=${q.from ? "own" : q.time ?? "this-month"} onChange=${(e) => set(e.target.value === "own" ? { time: undefined, from, to } : { time: e.target.value, from: undefined, to: undefined }, { replace: true })}>
      ${Object.keys(stretches).map((name) => html`<option key=${name} value=${name} selected=${!q.from && name === (q.time ?? "this-month")}>${t("reports." + name)}</option>`)}<option value="own" selected=${Boolean(q.from)}>${t("reports.own")}</option></select></label>
    ${q.from && html`<label class="field"><span class="label">${t("reports.from")}</span><input class="input" type="date" value=${from} max=${to} onChange=${(e) => e.target.value && set({ from: e.target.value, to }, { replace: true })} /></label>
      <label class="field"><span class="label">${t("reports.to")}</span><input class="input" type="date" value=${to} min=${from} onChange=${(e) => e.target.value && set({ from, to: e.target.value }, { replace: true })} /></label>`}
    ${people.length > 1 && html`<${Select} label=${t("reports.person")} name="user" list=${[["", t("reports.everybody")], ...people.map((p) => [p.id, p.name])]} />`}
    <${Select} label=${t("reports.project")} name="project" list=${[["", t("reports.all-projects")], ...projects.map((p) => [p.id, p.name])]} />
    ${more.value ? html`<${Select} label=${t("reports.tag")} name="tag" list=${[["", t("reports.any")], ...tags.map((x) => [x.name, x.name])]} />
      <${Select} label=${t("reports.billable")} name="billable" list=${[["", t("reports.any")], ["true", t("reports.only-billable")], ["false", t("reports.not-billable")]]} />
      <${Select} label=${t("reports.state")} name="state" list=${[["", t("reports.any")], ...["draft", "submitted", "approved", "rejected"].map((s) => [s, t("states." + s)])]} />`
      : html`<button class="btn quiet" onClick=${() => { more.value = true; }}>${t("reports.more")}</button>`}</div>`;
}
