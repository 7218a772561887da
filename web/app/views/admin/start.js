import { html } from "../../vendor/preact.js";
import { get } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { t } from "../../lib/i18n.js";
import { Failure, Icon, Loading } from "../../lib/ui.js";
import { Head, manage } from "./parts.js";

/** What a company needs before its people can file time, in this order: [words, page, whether it is done]. */
const steps = [
  ["hours", "organization", ({ hours, holidays }) => hours > 0 && holidays > 0],
  ["projects", "projects", ({ projects }) => projects > 0],
  ["people", "people", ({ people }) => people > 1],
  ["applications", "applications?new=1", ({ applications }) => applications > 1], // beside the one that comes with the server
];

const year = new Date().getFullYear();

async function found() {
  const [hours, holidays, projects, people, applications] = await Promise.all([
    get("/expected-hours"), get(`/holidays?from=${year}-01-01&to=${year}-12-31&limit=1`), get("/projects?limit=1"), manage.get("users?per_page=2"), manage.get("clients?per_page=2"),
  ]);
  return { hours: hours.body.schedules.length, holidays: holidays.body.length, projects: projects.body.length, people: people.body.length, applications: applications.body.length };
}

/** The guide of the first day. */
export default function Start() {
  const loaded = useLoad(found), has = loaded.value.value;
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  if (!has) return html`<${Loading} />`;
  const next = steps.findIndex(([, , done]) => !done(has));
  return html`<${Head} title=${t(next < 0 ? "start.ready" : "start.title")} /><p>${t(next < 0 ? "start.ready-detail" : "start.detail")}</p>
    <ol class="card plain start">${steps.map(([name, page, done], i) => html`<li key=${name} aria-current=${i === next ? "step" : undefined}>
      <span class="face">${done(has) ? html`<${Icon} name="check" />` : i + 1}</span>
      <span class="what"><b>${t(`start.${name}`)}</b>${done(has) && html` <span class="fine">${t("start.done")}</span>`}<br /><span class="fine">${t(`start.${name}-detail`)}</span></span>
      <a class="btn ${i === next ? "primary" : ""}" href="/app/admin/${page}">${t(done(has) ? "start.look" : "start.begin")}</a></li>`)}</ol>`;
}
