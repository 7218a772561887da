import { html, useEffect, useRef, useSignal } from "../../vendor/preact.js";
import { get } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { t } from "../../lib/i18n.js";
import { set, url } from "../../lib/router.js";
import { Failure, Icon, Loading } from "../../lib/ui.js";
import { Head, manage } from "./parts.js";
import { Applications, Organization, People, Ready, Work } from "./start/steps.js";

/** What a company needs before its people can file time, in this order: [name, whether it is done, what to do]. */
const steps = [
  ["organization", ({ set, hours, holidays }) => set && hours > 0 && holidays > 0, Organization],
  ["people", ({ people }) => people > 1, People],
  ["projects", ({ projects }) => projects > 0, Work],
  ["applications", ({ applications }) => applications > 1, Applications], // beside the one that comes with the server
];

async function found() {
  const year = new Date().getFullYear();
  const [organization, hours, holidays, projects, people, applications] = await Promise.all([
    get("/organization"), get("/expected-hours"), get(`/holidays?from=${year}-01-01&to=${year + 1}-12-31&limit=1`), get("/projects?limit=1"), manage.get("users?per_page=2"), manage.get("clients?per_page=2"),
  ]);
  return { set: organization.body.revision > 0, hours: hours.body.schedules.length, holidays: holidays.body.length, projects: projects.body.length, people: people.body.length, applications: applications.body.length };
}

/** What was passed over, in this browser. What is done is seen from what there is. */
const skipped = () => JSON.parse(localStorage.getItem("skipped-steps") ?? "[]");

/** The guide of the first day. One can leave at any step, and comes back to the first that is neither done nor skipped. */
export default function Start() {
  const loaded = useLoad(found), has = loaded.value.value, begun = useSignal(null);
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  if (!has) return html`<${Loading} />`;
  const left = (from) => steps.slice(from).find(([name, done]) => !done(has) && !skipped().includes(name))?.[0] ?? "ready";
  begun.value ??= left(0);
  const at = url.value.searchParams.get("step") ?? begun.value, i = steps.findIndex(([name]) => name === at);
  const focus = url.value.searchParams.has("step");
  return html`<${Head} title=${t("start.title")} /><p class="fine">${t("start.detail")}</p>
    <${Path} at=${at} has=${has} />
    ${i < 0 ? html`<${Ready} focus=${focus} />` : html`<${Step} key=${at} i=${i} has=${has} reload=${loaded.reload} focus=${focus} />`}`;
}

const Path = ({ at, has }) => html`<nav class="card path" aria-label=${t("start.title")}><ol>${steps.map(([name, done], i) => {
  const state = done(has) ? "done" : skipped().includes(name) ? "skipped" : null;
  return html`<li key=${name}><a href="/app/admin/start?step=${name}" data-state=${state} aria-current=${name === at ? "step" : undefined}>
    <span class="face" aria-hidden="true">${state === "done" ? html`<${Icon} name="check" />` : i + 1}</span><span><b>${t(`start.${name}`)}</b><small>${t(`start.${state ?? "open"}`)}</small></span></a></li>`;
})}</ol></nav>`;

/** A step: what it is for, what to do, and the way on. */
function Step({ i, has, reload, focus }) {
  const [name, done, What] = steps[i], heading = useRef(), ready = done(has);
  useEffect(() => { if (focus) heading.current.focus(); }, []);
  const on = async (skip) => {
    localStorage.setItem("skipped-steps", JSON.stringify([...skipped().filter((s) => s !== name), ...(skip ? [name] : [])]));
    await reload();
    set({ step: steps[i + 1]?.[0] ?? "ready" });
    scrollTo(0, 0);
  };
  return html`<section class="step" aria-labelledby="step-title"><h2 id="step-title" tabindex="-1" ref=${heading}>${t(`start.${name}-title`)}</h2><p class="fine">${t(`start.${name}-detail`)}</p>
    <${What} changed=${reload} />
    <div class="step-foot">${i > 0 && html`<a class="btn quiet" href="/app/admin/start?step=${steps[i - 1][0]}"><${Icon} name="left" />${t("start.back")}</a>`}<span />
      ${ready ? html`<button key="on" class="btn primary" onClick=${() => on(false)}>${t(i === steps.length - 1 ? "start.finish" : "start.next")}</button>`
        : html`<button key="skip" class="btn" onClick=${() => on(true)}>${t("start.skip")}</button>`}</div></section>`;
}
