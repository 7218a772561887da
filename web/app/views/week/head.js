import { html } from "../../vendor/preact.js";
import { day as inWords, range, t } from "../../lib/i18n.js";
import { addDays, clock, isoWeek } from "../../lib/time.js";
import { rows, totals, week, withdraw } from "../../lib/week.js";
import { Chip, Dot, explain, hue, Icon, say } from "../../lib/ui.js";

/** The days beside the week: it may be cut short where weeks begin to go otherwise, so that seven days on would pass one over. */
export const hrefBefore = () => `/app/week/${addDays(week.value.start, -1)}`;
export const hrefAfter = () => `/app/week/${addDays(week.value.end, 1)}`;
export const weekly = (period) => addDays(period.start, 6) === period.end;

/** "Week 47", or the month for those who submit by month. */
export const periodName = (period) => (weekly(period) ? t("week.number", { n: isoWeek(addDays(period.start, 3)) }) : period.end.slice(8) > 27 && period.start.endsWith("-01")
  ? inWords(period.start, { month: "long", year: "numeric" }) : range(period.start, period.end, { day: "numeric", month: "short" }));

export function Head({ open, busy }) {
  const { start, end, period } = week.value;
  return html`<div class="page-head week-head">
    <div><div class="title"><h1>${t("week.number", { n: isoWeek(addDays(start, 3)) })}</h1>${period && html`<${Chip} state=${period.state} />`}</div>
      <p class="range num">${range(start, end, { day: "numeric", month: "long", year: "numeric" })}${period && !weekly(period) ? html` · ${t("week.part-of", { period: periodName(period) })}` : ""}</p></div>
    <div class="seg" role="group" aria-label=${t("week.choose")}>
      <a class="btn only-icon" href=${hrefBefore()} aria-label=${t("week.before")} title="[" aria-keyshortcuts="["><${Icon} name="left" /></a>
      <a class="btn" href="/app/" title="T" aria-keyshortcuts="t">${t("week.this-week")}</a>
      <a class="btn only-icon" href=${hrefAfter()} aria-label=${t("week.after")} title="]" aria-keyshortcuts="]"><${Icon} name="right" /></a>
    </div>
    <div class="acts">
      <button class="btn quiet only-icon" aria-label=${t("week.help")} title="?" aria-keyshortcuts="?" onClick=${open.help}>?</button>
      ${period && html`<button class="btn" onClick=${open.history}>${t("week.history")}</button>`}
      ${!week.value.shut && html`<button class="btn" onClick=${open.copy}><${Icon} name="copy" />${t("week.copy-last")}</button>`}
      <${Primary} ...${{ period, open, busy }} />
    </div></div>`;
}

/** The one thing to do next, as the API allows it. */
export function Primary({ period, open, busy }) {
  if (!period) return null;
  const may = (action) => period.allowed_actions.includes(action), asked = period.flags.some((f) => f.code === "reopening_requested");
  if (may("submit")) return html`<button class="btn primary" disabled=${busy} aria-keyshortcuts="Control+Enter" onClick=${open.submit}>${weekly(period) ? t("week.submit") : t("week.submit-period", { period: periodName(period) })}<${Icon} name="send" /></button>`;
  if (may("withdraw")) return html`<button key="withdraw" class="btn" disabled=${busy} onClick=${takeBack}><${Icon} name="undo" />${t("week.withdraw")}</button>`;
  if (may("request_reopening")) return html`<button class="btn primary" disabled=${busy || asked} onClick=${open.reopen}>${t(asked ? "week.asked-to-reopen" : "week.ask-to-reopen")}</button>`;
  return null;
}

const takeBack = () => withdraw().then(() => say(t("week.withdrawn")), (e) => say(e.status === 412 ? t("week.changed-meanwhile") : explain(e)));

/** How much there is of what is expected, and on what. */
export function Summary() {
  const { whole, expected, short, missing } = totals.value, by = new Map();
  for (const row of rows.value) {
    const minutes = totals.value.rows[row.key] ?? row.total;
    if (minutes) by.set(row.project.id, { ...row.project, minutes: (by.get(row.project.id)?.minutes ?? 0) + minutes });
  }
  const most = [...by.values()].sort((a, b) => b.minutes - a.minutes), width = Math.max(expected, whole, 1);
  return html`<section class="card sum" aria-label=${t("week.summary")}>
    <p class="big num">${clock(whole)}<small>${expected ? t("week.of-expected", { expected: clock(expected) }) : ""}</small></p>
    <div class="mix" aria-hidden="true">${most.map((p) => html`<i key=${p.id} class="hue" style=${{ "--h": hue(p.id), width: `${(100 * p.minutes) / width}%` }} />`)}</div>
    ${missing.length > 0 && html`<p class="missing"><${Icon} name="alert" />${t("week.missing", { hours: clock(short), days: missing.map((d) => inWords(d, { weekday: "short" })).join(", ") })}</p>`}
    <ul>${most.map((p) => html`<li key=${p.id}><${Dot} id=${p.id} /><bdi>${p.name}</bdi> <b class="num">${clock(p.minutes)}</b></li>`)}</ul>
  </section>`;
}

