import { html } from "../../vendor/preact.js";
import { together } from "../../lib/events.js";
import { day, t } from "../../lib/i18n.js";
import { addDays, clock } from "../../lib/time.js";
import { nameOf } from "./data.js";
import { projectName } from "./sheet.js";

const words = (l) => [day(l.date, { weekday: "short", day: "numeric" }), clock(l.minutes), projectName(l.project_id), l.task, l.note].filter(Boolean).join(" · ");
const times = (l) => (l.start ? `${l.start}–${l.end}` : t("approvals.no-times"));

/** What of a line is another: ["2:00 → 3:00"]. */
function changes({ before: b, after: a }) {
  const parts = (l) => [clock(l.minutes), l.date, projectName(l.project_id), l.task, l.note, times(l), l.tags.join(", "), t(`approvals.billable-${l.billable}`)];
  const is = parts(a);
  return parts(b).map((was, i) => [was, is[i]]).filter(([was, is]) => was !== is);
}

/** What changed since it was last submitted. Before a first time there is nothing to compare with. */
export function Changes({ difference: d }) {
  if (!d.since) return null;
  const none = !d.added.length && !d.changed.length && !d.removed.length;
  return html`<section><h3>${t("approvals.since", { n: d.since })}</h3>
    ${none ? html`<p class="fine">${t("approvals.unchanged")}</p>` : html`<p class="fine num">${clock(d.minutes_before)} → ${clock(d.minutes)}</p>
    <ul class="ap-changes">
    ${d.added.map((l) => html`<li key=${l.id}><b class="ok">${t("approvals.added")}</b> <ins><bdi>${words(l)}</bdi></ins></li>`)}
    ${d.changed.map((c) => html`<li key=${c.after.id}><b>${t("approvals.changed")}</b> <bdi>${words(c.after)}</bdi>
      <span class="fine">${changes(c).map(([was, is], i) => html`<span key=${i}><del><bdi>${was || "–"}</bdi></del>${" → "}
        <ins><bdi>${is || "–"}</bdi></ins></span>`)}</span></li>`)}
    ${d.removed.map((l) => html`<li key=${l.id}><b class="bad">${t("approvals.removed")}</b> <del><bdi>${words(l)}</bdi></del></li>`)}</ul>`}
  </section>`;
}

/** Who did what and when, the latest first. */
export function Timeline({ period, events, entries }) {
  const week = period.end <= addDays(period.start, 6);
  const known = (deed) => deed.map((e) => entries.find((one) => one.id === e.entry_id)).filter(Boolean);
  const lines = (deed) => {
    const found = known(deed), days = [...new Set(found.map((e) => e.date))].sort().map((date) => day(date, week ? { weekday: "short" } : { day: "numeric", month: "short" })).join(", ");
    if (deed.length > 1) return t(days ? "approvals.lines-of" : "approvals.n-lines", { n: deed.length, days });
    return found.length ? `${days}, ${projectName(found[0].project_id)}` : t("approvals.a-line");
  };
  return html`<section><h3>${t("approvals.timeline")}</h3><ol class="timeline">${together(events).map((deed) => html`<${Deed} key=${deed[0].id} e=${deed[0]}
    lines=${deed[0].entry_id && lines(deed)} />`)}</ol></section>`;
}

const Deed = ({ e, lines }) => html`<li data-kind=${e.kind}>
  <b>${t(`approvals.did-${e.kind}`)}</b>${lines && html` (<bdi>${lines}</bdi>)`} · <bdi>${nameOf(e.by)}</bdi>
  ${e.on_behalf_of && html`, <bdi>${t("approvals.in-place-of", { name: nameOf(e.on_behalf_of) })}</bdi>`}
  <time class="fine" datetime=${e.at}>${day(e.at, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })}</time>
  ${e.comment && html`<p class="words"><bdi>${e.comment}</bdi></p>`}</li>`;
