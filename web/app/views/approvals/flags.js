import { html } from "../../vendor/preact.js";
import { day, range, t } from "../../lib/i18n.js";
import { addDays, clock, stretches } from "../../lib/time.js";
import { Icon } from "../../lib/ui.js";

/** "Thu, Fri", or where there are more days than a week has "2–6 Nov". */
const named = (dates, week) => (week ? dates.map((d) => day(d, { weekday: "short" }))
  : stretches(dates).map(([from, to]) => range(from, to, { day: "numeric", month: "short" }))).join(", ");

/** The flags in words, each sort once with all its days: "10:40 on Tue", "missing Thu, Fri". */
function flagWords({ flags, start, end }) {
  const sorts = new Map(), week = end <= addDays(start, 6);
  for (const f of flags) sorts.set(f.code, [...(sorts.get(f.code) ?? []), f]);
  return [...sorts].map(([code, all]) => {
    const days = [...new Set(all.map((f) => f.date))].filter(Boolean).sort();
    const hours = code === "day_over_10h" ? all.map((f) => t("approvals.flag-day", { hours: clock(f.minutes), day: f.date ? named([f.date], week) : "" })).join(", ") : "";
    return { code, text: hours || t(`approvals.flag-${code}`, { days: named(days, week), n: all.length }) };
  });
}

export const Flags = ({ period }) => html`<ul class="flags">${flagWords(period).map(({ code, text }) => html`<li key=${code}>
  <${Icon} name="alert" /><span>${text}</span></li>`)}</ul>`;
