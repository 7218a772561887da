import { html, useSignal } from "../../vendor/preact.js";
import { all, del, get, patch, post, put, query } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { t } from "../../lib/i18n.js";
import { go } from "../../lib/router.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { clock } from "../../lib/time.js";
import { Dialog, Dot, Failure, Icon, Loading } from "../../lib/ui.js";
import { meanwhile, useFields } from "./bits.js";
import { attempt, Check, Danger, Field, Form, Head } from "./parts.js";

/** Projects: what time is filed on. */
export default ({ id }) => (id ? html`<${Project} id=${id} key=${id} />` : html`<${Projects} />`);

function Projects() {
  const closed = useSignal(""), adding = useSignal(false);
  const loaded = useLoad(() => all(query("/projects", { limit: 200, closed: closed.value }), { most: 2000 }), [closed.value]), list = loaded.value.value;
  return html`<${Head} title=${t("projects.title")}><button class="btn primary" onClick=${() => { adding.value = true; }}><${Icon} name="plus" />${t("projects.add")}</button><//>
    <div class="filters"><${Field} label=${t("projects.show")} value=${closed.value} onInput=${(v) => { closed.value = v; }} list=${[["", t("projects.all")], ["false", t("projects.open")], ["true", t("projects.closed")]]} /></div>
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !list ? html`<${Loading} />` : list.length === 0 ? html`<p class="empty">${t("projects.none")}</p>` : html`<section class="card table-wrap"><table class="table">
      <thead><tr>${["name", "customer", "tasks", "budget", "state"].map((k) => html`<th key=${k} scope="col" class=${["customer", "tasks", "budget"].includes(k) ? "wide" : ""}>${t("projects." + k)}</th>`)}</tr></thead>
      <tbody>${list.map((p) => html`<tr key=${p.id}><td><a class="who" href="/app/admin/projects/${p.id}"><${Dot} id=${p.id} /><span><bdi>${p.name}</bdi><small class="narrow"><bdi>${p.customer}</bdi></small></span></a></td><td class="wide"><bdi>${p.customer}</bdi></td><td class="wide">${p.tasks.join(", ")}</td>
        <td class="wide">${p.budget_minutes ? clock(p.budget_minutes) : "–"}</td><td>${p.closed ? t("projects.is-closed") : t("projects.is-open")}</td></tr>`)}</tbody></table></section>`}
    ${adding.value && html`<${Dialog} title=${t("projects.add")} close=${() => { adding.value = false; }}><${Edit} act=${async (p) => go(`/app/admin/projects/${(await post("/projects", p)).body.id}`)} button=${t("projects.add")} /><//>`}`;
}

const lines = (text) => text.split("\n").map((s) => s.trim()).filter(Boolean);

const none = { name: "", customer: "", billable: false, tasks: [], tasks_only: false, members_only: false, closed: false, budget_minutes: null, budget_period: null };

/** A project as the form has it: tasks are lines, the budget is hours. */
const fields = ({ name, customer, billable, tasks, tasks_only, members_only, closed, budget_minutes, budget_period }) =>
  ({ name, customer, tasks: tasks.join("\n"), tasks_only, billable, members_only, closed, hours: budget_minutes ? String(budget_minutes / 60) : "", budget_period: budget_period ?? "total" });
const names = { ...Object.fromEntries(["name", "customer", "tasks", "tasks_only", "billable", "members_only", "budget_period"].map((k) => [k, "projects." + k.replaceAll("_", "-")])), closed: "projects.is-closed", hours: "projects.budget-hours" };
const say = { tasks: (text) => text.replaceAll("\n", ", ") || "–", budget_period: (of) => t(of === "month" ? "projects.a-month" : "projects.in-all") };

/** The form for a new project and for one that is there. */
export function Edit({ p = none, act, button, done, extra }) {
  const { form: f, dirty } = useFields(fields(p)), v = f.value;
  useUnsaved(dirty);
  const set = (name) => (v) => { f.value = { ...f.value, [name]: v }; };
  const hours = v.hours.trim() === "" ? 0 : Number(v.hours.replace(",", "."));
  const send = () => {
    if (!(hours >= 0)) throw new Error(t("projects.budget-wrong"));
    const minutes = Math.round(hours * 60), { hours: _, budget_period, ...rest } = v;
    return act({ ...rest, tasks: lines(v.tasks), ...(minutes ? { budget_minutes: minutes, budget_period } : p.budget_minutes ? { budget_minutes: null } : {}) });
  };
  return html`<${Form} act=${send} button=${button} done=${done} extra=${extra}>
    <${Field} label=${t("projects.name")} value=${v.name} onInput=${set("name")} required maxlength="100" />
    <${Field} label=${t("projects.customer")} value=${v.customer} onInput=${set("customer")} maxlength="100" hint=${t("projects.customer-hint")} />
    <div class="field"><label for="project-tasks">${t("projects.tasks")}</label><textarea id="project-tasks" class="input" value=${v.tasks} onInput=${(e) => set("tasks")(e.target.value)} aria-describedby="project-tasks-more" /><span id="project-tasks-more" class="fine">${t("projects.tasks-hint")}</span></div>
    <${Check} label=${t("projects.tasks-only")} checked=${v.tasks_only} onChange=${set("tasks_only")} />
    <${Check} label=${t("projects.billable")} hint=${t("projects.billable-hint")} checked=${v.billable} onChange=${set("billable")} />
    <${Check} label=${t("projects.members-only")} hint=${t("projects.members-only-hint")} checked=${v.members_only} onChange=${set("members_only")} />
    <div class="two-fields"><${Field} label=${t("projects.budget-hours")} value=${v.hours} onInput=${set("hours")} inputmode="decimal" hint=${t("projects.budget-hint")} />
    <${Field} label=${t("projects.budget-period")} value=${v.budget_period} onInput=${set("budget_period")} list=${[["total", t("projects.in-all")], ["month", t("projects.a-month")]]} /></div><//>`;
}

function Project({ id }) {
  const loaded = useLoad(() => get("/projects/" + id), [id]), p = loaded.value.value?.body;
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  if (!p) return html`<${Loading} />`;
  const match = { headers: { "If-Match": loaded.value.value.etag } };
  const reload = async () => { await loaded.reload(); return fields(loaded.value.value.body); };
  const change = (to) => meanwhile(async () => { await patch("/projects/" + id, to, match); await reload(); }, fields(p), reload, names, say);
  const remove = () => attempt(async () => { await del("/projects/" + id, match); go("/app/admin/projects"); }, t("projects.removed"));
  return html`<${Head} title=${html`<bdi>${p.name}</bdi>`} back=${["/app/admin/projects", t("projects.title")]}>
      <button class="btn" onClick=${() => attempt(() => change({ closed: !p.closed }), t(p.closed ? "projects.reopened" : "projects.was-closed"))}>${t(p.closed ? "projects.reopen" : "projects.close")}</button>
      <${Danger} label=${t("projects.remove")} title=${t("projects.remove-sure", { name: p.name })} act=${remove} /><//>
    ${p.closed && html`<p class="alert warn">${t("projects.closed-detail")}</p>`}
    <div class="cards"><section class="card pad"><h2>${t("projects.about")}</h2><${Edit} p=${p} act=${change} done=${t("people.saved")} /></section>
    <${Members} id=${id} only=${p.members_only} /><${Approver} p=${p} change=${change} /></div>`;
}

function Members({ id, only }) {
  const loaded = useLoad(async () => { const [members, people] = await Promise.all([all(`/projects/${id}/members?limit=200`), all("/people?limit=200", { most: 2000 })]); return { members, people }; }, [id]);
  const chosen = useSignal(""), data = loaded.value.value;
  const add = async () => { if (chosen.value) await put(`/projects/${id}/members/${chosen.value}`); chosen.value = ""; await loaded.reload(); };
  const path = (m) => `/projects/${id}/members/${m.user_id}`, again = (m) => attempt(async () => { await put(path(m)); await loaded.reload(); });
  const remove = (m) => attempt(async () => { await del(path(m)); await loaded.reload(); }, t("projects.member-removed", { name: m.name }), { action: t("app.undo"), act: () => again(m) });
  return html`<section class="card pad"><h2>${t("projects.members")}</h2><p class="fine">${t(only ? "projects.members-count" : "projects.members-open")}</p>
    ${loaded.error.value && html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`}
    ${data && html`<ul class="plain">${data.members.map((m) => html`<li key=${m.user_id}><bdi>${m.name}</bdi><button class="btn quiet only-icon" aria-label=${t("projects.remove-member", { name: m.name })}
        onClick=${() => remove(m)}><${Icon} name="x" /></button></li>`)}</ul>
      <${Form} act=${add} button=${t("projects.add-member")}><${Field} label=${t("projects.person")} value=${chosen.value} onInput=${(v) => { chosen.value = v; }}
        list=${[["", t("projects.choose")], ...data.people.filter((p) => !data.members.some((m) => m.user_id === p.id)).map((p) => [p.id, p.name])]} /><//>`}</section>`;
}

function Approver({ p, change }) {
  const people = useLoad(() => all("/people?limit=200", { most: 2000 })), chosen = useSignal(p.approver_id ?? "");
  return html`<section class="card pad"><h2>${t("projects.approver")}</h2>${people.value.value && html`<${Form} act=${() => change({ approver_id: chosen.value || null })} done=${t("people.saved")}>
    <${Field} label=${t("projects.approver-label")} hint=${t("projects.approver-hint")} value=${chosen.value} onInput=${(v) => { chosen.value = v; }} list=${[["", t("projects.by-manager")], ...people.value.value.map((x) => [x.id, x.name])]} /><//>`}</section>`;
}
