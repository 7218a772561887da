import { html } from "../../vendor/preact.js";
import { day, t } from "../../lib/i18n.js";
import { clock } from "../../lib/time.js";
import { Icon } from "../../lib/ui.js";

const weekday = (date) => (date ? day(date, { weekday: "short" }) : "");

/** The flags in words, each sort once with all its days: "10:40 on Tue", "missing Thu, Fri". */
function flagWords(flags) {
  const sorts = new Map();
  for (const f of flags) sorts.set(f.code, [...(sorts.get(f.code) ?? []), f]);
  return [...sorts].map(([code, all]) => {
    const days = [...new Set(all.map((f) => weekday(f.date)))].filter(Boolean);
    const hours = code === "day_over_10h" ? all.map((f) => t("approvals.flag-day", { hours: clock(f.minutes), day: weekday(f.date) })).join(", ") : "";
    return { code, text: hours || t(`approvals.flag-${code}`, { days: days.join(", "), n: all.length }) };
  });
}

export const Flags = ({ period }) => html`<ul class="flags">${flagWords(period.flags).map(({ code, text }) => html`<li key=${code}>
  <${Icon} name="alert" /><span>${text}</span></li>`)}</ul>`;
