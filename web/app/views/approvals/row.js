import { html } from "../../vendor/preact.js";
import { day, t } from "../../lib/i18n.js";
import { addDays, clock } from "../../lib/time.js";
import { initials } from "../../lib/ui.js";
import { bars, columnName, nameOf, standsIn, weekOf } from "./data.js";
import { Flags } from "./flags.js";
import { holds } from "./held.js";
import { Remind } from "./remind.js";

/** Whose place one takes, and until when. */
export function InPlaceOf({ period }) {
  const d = standsIn(period);
  const until = d && day(d.ends_on, { day: "numeric", month: "short" });
  return d ? html`<span class="in-place">${t("approvals.for", { name: nameOf(d.from_user_id), date: until })}</span>` : null;
}

/** One bar a day, of a month one a week: its height is what was worked, the line across what is expected. The words say the same. */
function Bars({ period }) {
  const all = bars(period), week = period.end <= addDays(period.start, 6);
  if (!all) return html`<span class="bars" />`;
  const most = Math.max(week ? 600 : 3000, ...all.map((d) => Math.max(d.minutes, d.expected))), y = (minutes) => 28 - (minutes / most) * 28;
  const words = all.filter((d) => d.minutes || d.expected)
    .map((d) => t("approvals.bar", { day: columnName(d.dates, week && "long"), hours: clock(d.minutes), expected: clock(d.expected) })).join("; ");
  const kind = (d) => (d.minutes < d.expected ? "short" : d.minutes > d.expected ? "over" : "");
  return html`<svg class="bars" viewBox="0 0 76 30" role="img" aria-label=${words}><title>${words}</title>
    ${all.map((d, i) => html`<g key=${d.dates[0]}>
      <rect class=${kind(d)} x=${i * 11 + 1} y=${y(d.minutes)} width="8" height=${28 - y(d.minutes)} rx="1.5" />
      <path d=${`M${i * 11} ${y(d.expected)}h10`} /></g>`)}</svg>`;
}

export const share = (p) => (p.minutes ? Math.round((100 * p.billable_minutes) / p.minutes) : 0);

export function Row({ period: p, tab, chosen, choose }) {
  const name = nameOf(p.user_id), waits = holds(p.id), mine = p.allowed_actions.includes("approve");
  return html`<li class="ap-row ${waits ? "waits" : ""} ${tab === "open" ? "late" : ""}">
    ${tab === "submitted" && html`<label class="pick"><input type="checkbox" checked=${chosen} disabled=${!mine || waits} onChange=${() => choose(p.id)} />
      <span class="sr">${t("approvals.choose", { name })}</span></label>`}
    <span class="face" aria-hidden="true">${initials(name)}</span>
    <div class="who"><a href=${`/app/approvals/${p.id}?tab=${tab}`}><bdi>${name}</bdi></a><span class="fine">${weekOf(p)}</span>
      <${InPlaceOf} period=${p} /></div>
    <div class="of num"><b>${clock(p.minutes)}</b><span>${p.expected_minutes > 0 ? ` / ${clock(p.expected_minutes)}` : ""}</span></div>
    ${tab === "open" && !p.minutes ? html`<span class="bars fine">${t("approvals.nothing-yet")}</span>` : html`<${Bars} period=${p} />`}
    ${tab === "open" ? html`<${Remind} period=${p} />`
      : html`<div class="bill num">${t("approvals.billable", { n: share(p) })}</div><${Flags} period=${p} />`}
    ${waits && html`<span class="chip" data-s=${waits.decision}>${t("approvals.not-sent")}</span>`}
  </li>`;
}
