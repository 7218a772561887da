import { html } from "../../vendor/preact.js";
import { all } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { day, t } from "../../lib/i18n.js";
import { clock } from "../../lib/time.js";
import { Dot, Failure, hue } from "../../lib/ui.js";

/** How much of their budgets the open projects have used; the API shows budgets to those who approve or administer. Nothing is blocked by them. */
export function Budgets() {
  const loaded = useLoad(() => all("/projects?limit=200&closed=false&budget=true"));
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  const projects = (loaded.value.value ?? []).filter((p) => p.budget).sort((a, b) => b.budget.percent - a.budget.percent);
  return projects.length > 0 && html`<section class="card pad"><h2>${t("reports.budgets")}</h2><p class="fine">${t("reports.budgets-hint")}</p>
    <ul class="plain budgets">${projects.map((p) => html`<${Budget} key=${p.id} project=${p} />`)}</ul></section>`;
}

function Budget({ project: { id, name, budget } }) {
  const left = budget.left_minutes, values = { used: clock(budget.used_minutes), all: clock(budget.minutes), percent: budget.percent };
  return html`<li><span class="name"><${Dot} id=${id} /><bdi>${name}</bdi>${budget.month && html`<span class="fine">${day(budget.month + "-01", { month: "long", year: "numeric" })}</span>`}</span>
    <span class="num">${t("reports.budget-used", values)} · <b class=${left < 0 ? "over" : ""}>${t(left < 0 ? "reports.budget-over" : "reports.budget-left", { hours: clock(Math.abs(left)) })}</b></span>
    <span class="used" aria-hidden="true"><i class="hue" style=${{ "--h": hue(id), width: `${Math.min(100, budget.percent)}%` }} /></span></li>`;
}
