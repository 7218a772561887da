import { html, signal, useEffect } from "../../vendor/preact.js";
import { get, query } from "../../lib/api.js";
import { day as inWords, t } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { nameOf, rows, week } from "../../lib/week.js";
import { Icon } from "../../lib/ui.js";
import { periodName, weekly } from "./head.js";

/** What stays above the grid: what whoever sent it back said, or why nothing can be changed and who can help. */
export function Banner({ open, show }) {
  const { period, locked } = week.value;
  if (period?.state === "rejected") return html`<${SentBack} ...${{ period, open, show }} />`;
  if (!locked) return null;
  const asked = period.flags.some((f) => f.code === "reopening_requested");
  return html`<div class="alert ${period.state === "approved" ? "ok" : "warn"} lock-banner"><${Icon} name="lock" /><span>${weekly(period) ? "" : html`<b>${periodName(period)}:</b> `}${locked}${asked ? ` ${t("week.asked-note")}` : ""}</span></div>`;
}

const returned = signal([]);

/** Other weeks that came back: the app opens with this one, and nobody would know of them. */
export function Elsewhere() {
  const { start, end, period } = week.value;
  useEffect(() => { get(query("/periods", { user_id: me.value.id, state: "rejected", limit: 3 })).then((a) => { returned.value = a.body; }, () => {}); }, [period?.id, period?.state]);
  return returned.value.filter((p) => p.end < start || end < p.start).map((p) => html`<div key=${p.id} class="alert elsewhere" role="status"><${Icon} name="alert" />
    <span>${t("week.sent-back-elsewhere", { period: periodName(p) })}</span><a class="btn" href=${`/app/week/${p.start}`}>${t("week.open-it")}</a></div>`);
}

/** show(date, row) leads to the first line that somebody said something about. */
function SentBack({ period: { last_decision: said }, open, show }) {
  const lines = rows.value.flatMap((r) => Object.values(r.cells)).filter((c) => c.said.length).length, first = firstSaid();
  const who = said?.decision === "rejected" ? said : null;
  return html`<div class="alert sent-back-banner" role="status"><${Icon} name="alert" /><div>
    <p><b>${who ? t("week.sent-back-by", { who: nameOf(who.by), date: inWords(who.at, { day: "numeric", month: "long" }) }) : t("week.sent-back")}</b> ${lines ? t("week.sent-back-lines", { n: lines }) : t("week.sent-back-all")}</p>
    ${who?.comment && html`<blockquote><bdi>${who.comment}</bdi></blockquote>`}</div>
    <div class="acts">${first && html`<button class="btn" onClick=${() => show(first.date, first.r)}>${t("week.show-line")}</button>`}
      <button class="btn" onClick=${open.history}>${t("week.history")}</button></div></div>`;
}

/** {date, r} of the earliest cell that was sent back with words. */
export function firstSaid() {
  const found = rows.value.flatMap((row, r) => Object.entries(row.cells).filter(([, c]) => c.said.length).map(([date]) => ({ date, r })));
  return found.sort((a, b) => a.date.localeCompare(b.date))[0];
}
