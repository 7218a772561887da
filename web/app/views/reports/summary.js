import { html, useSignal } from "../../vendor/preact.js";
import { get, query } from "../../lib/api.js";
import { Columns } from "../../lib/chart.js";
import { useLoad } from "../../lib/load.js";
import { day, range, t } from "../../lib/i18n.js";
import { approves, me } from "../../lib/me.js";
import { set, url } from "../../lib/router.js";
import { addDays, clock, days as daysOf, isoWeek } from "../../lib/time.js";
import { Dot, Failure, hue, Icon, Loading } from "../../lib/ui.js";
import { asked, days, Filters, filters } from "./filters.js";
import { Budgets } from "./budgets.js";
import { Download } from "./download.js";

const groupings = ["project", "user", "customer", "task", "tag", "week", "month", "day", "period"];

/** What a column of the chart is: days of up to two weeks, weeks of up to four months, else months. */
const columnOf = ([from, to]) => { const n = daysOf(from, to).length; return n <= 14 ? "day" : n <= 124 ? "week" : "month"; };

/** What is shown goes by what it was asked for, which the address may not say any more. */
export default function Summary() {
  const q = asked(), first = groupings.includes(q.by) ? q.by : "project", then = groupings.includes(q.then) && q.then !== first ? q.then : "";
  const column = columnOf(days(q)), f = filters(q);
  const loaded = useLoad(async () => {
    const [table, chart] = await Promise.all([get(query("/reports/summary", { ...f, group_by: [first, then].filter(Boolean) })), get(query("/reports/summary", { ...f, group_by: [column, "project"] }))]);
    return { table: table.body, chart: chart.body, first, then, column };
  }, [url.value.search, f.from, f.to]);
  const data = loaded.value.value;
  return html`<${Filters} />
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !data ? html`<${Loading} />` : data.table.entries === 0 ? html`<p class="empty card pad">${t("reports.nothing")}</p>` : html`
      <${Figures} of=${data.table} /><section class="card pad"><h2>${t("reports.over-time")}</h2><${Over} report=${data.chart} column=${data.column} /></section>
      <section class="card"><header class="report-head"><h2>${t("reports.by", { what: t("reports.group." + first) })}</h2><${Grouped} first=${first} then=${then} /></header><${Table} report=${data.table} first=${data.first} then=${data.then} /></section>`}
    ${(me.value.admin || approves.value) && html`<${Budgets} />`}<${Download} filters=${f} />`;
}

const Figures = ({ of }) => html`<dl class="figures card">${[["hours", clock(of.minutes)], ["billable", `${clock(of.billable_minutes)}`, of.billable_minutes], ["approved", clock(of.approved_minutes), of.approved_minutes], ["entries", of.entries]]
  .map(([key, text, part]) => html`<div key=${key}><dt>${t("reports.figure." + key)}</dt><dd class="num">${text}${part !== undefined && of.minutes > 0 && html` <small>${Math.round((100 * part) / of.minutes)} %</small>`}</dd></div>`)}</dl>`;

const Grouped = ({ first, then }) => html`<div class="acts">${[["by", first, groupings], ["then", then, ["", ...groupings.filter((g) => g !== first)]]].map(([name, value, list]) => html`<label class="field inline" key=${name}><span class="label">${t("reports.group-" + name)}</span>
  <select class="input" value=${value} onChange=${(e) => set({ [name]: e.target.value }, { replace: true })}>${list.map((g) => html`<option key=${g} value=${g} selected=${g === value}>${g ? t("reports.group." + g) : t("reports.nothing-more")}</option>`)}</select></label>`)}</div>`;

/** The name of a group: days and weeks in the language in use, the rest as the API names it. */
function nameOf(kind, group, short) {
  if (!group.key) return t("reports.without." + (["customer", "task", "tag"].includes(kind) ? kind : "other"));
  if (kind === "day") return day(group.key, short ? { weekday: "short", day: "numeric" } : { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const n = kind === "week" && isoWeek(addDays(group.key, 3)); // as the week itself is called, whichever day it begins on
  if (kind === "week") return short ? t("reports.week-short", { n }) : t("reports.week-of", { n, date: day(group.key, { dateStyle: "medium" }) });
  if (kind === "month") return day(group.key + "-01", short ? { month: "short" } : { month: "long", year: "numeric" });
  return group.name;
}

function Over({ report, column }) {
  const columns = report.groups.map((g) => ({ name: nameOf(column, g, true), title: nameOf(column, g), parts: (g.groups ?? []).map((p) => ({ id: p.key, name: p.name, minutes: p.minutes })) }));
  const legend = new Map();
  for (const c of columns) for (const p of c.parts) legend.set(p.id, { ...p, minutes: (legend.get(p.id)?.minutes ?? 0) + p.minutes });
  const label = t("reports.chart-label", { range: range(report.from, report.to, { dateStyle: "medium" }), hours: clock(report.minutes) });
  return html`<${Columns} columns=${columns} label=${label} /><ul class="legend">${[...legend.values()].sort((a, b) => b.minutes - a.minutes).map((p) => html`<li key=${p.id}><${Dot} id=${p.id} /><bdi>${p.name}</bdi> <b class="num">${clock(p.minutes)}</b></li>`)}</ul>`;
}

function Table({ report, first, then }) {
  const opened = useSignal(new Set()), most = Math.max(...report.groups.map((g) => g.minutes), 1);
  const turn = (key) => { const next = new Set(opened.value); next.delete(key) || next.add(key); opened.value = next; };
  return html`<div class="table-wrap"><table class="table report"><thead><tr><th scope="col">${t("reports.group." + first)}</th><th scope="col" class="wide"><span class="sr">${t("reports.share")}</span></th>
      ${["hours", "billable", "approved"].map((k) => html`<th key=${k} scope="col" class="end ${k === "hours" ? "" : "wide"}">${t("reports.figure." + k)}</th>`)}</tr></thead>
    <tbody>${report.groups.map((g) => html`<${Row} key=${g.key} g=${g} kind=${first} most=${most} open=${then ? opened.value.has(g.key) : null} turn=${() => turn(g.key)} />
      ${then && opened.value.has(g.key) && g.groups.map((s) => html`<${Row} key=${g.key + " " + s.key} g=${s} kind=${then} most=${most} sub />`)}`)}</tbody>
    <tfoot><tr><th scope="row">${t("reports.sum")}</th><td class="wide" /><td class="end num">${clock(report.minutes)}</td><td class="end num wide">${clock(report.billable_minutes)}</td><td class="end num wide">${clock(report.approved_minutes)}</td></tr></tfoot></table></div>`;
}

const Row = ({ g, kind, most, open = null, turn, sub }) => html`<tr class=${sub ? "sub" : ""}><th scope="row"><span class="name">${open !== null && html`<button class="btn quiet only-icon" aria-expanded=${String(open)} aria-label=${t("reports.within", { name: nameOf(kind, g) })} onClick=${turn}><${Icon} name=${open ? "down" : "right"} /></button>`}
    ${kind === "project" && html`<${Dot} id=${g.key} />`}<bdi>${nameOf(kind, g)}</bdi></span></th>
  <td class="wide"><i class="share hue" style=${{ "--h": hue(kind === "project" ? g.key : "all"), width: `${(100 * g.minutes) / most}%` }} /></td>
  <td class="end num">${clock(g.minutes)}</td><td class="end num wide">${clock(g.billable_minutes)}</td><td class="end num wide">${clock(g.approved_minutes)}</td></tr>`;
