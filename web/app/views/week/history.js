import { html, useEffect, useState } from "../../vendor/preact.js";
import { all, get } from "../../lib/api.js";
import { together } from "../../lib/events.js";
import { day as inWords, t } from "../../lib/i18n.js";
import { clock } from "../../lib/time.js";
import { nameOf, projects, rows, week } from "../../lib/week.js";
import { Dialog, Dot, Failure, Icon, Loading } from "../../lib/ui.js";
import { periodName } from "./head.js";

/** What was done to the period, and what changed since it was submitted. */
export default function History({ close }) {
  const { period } = week.value, [found, setFound] = useState(null), [failed, setFailed] = useState(null);
  const look = () => {
    setFailed(null);
    Promise.all([all(`/periods/${period.id}/events?limit=100`, { most: 200 }), period.submission ? get(`/periods/${period.id}/diff`).then((a) => a.body) : null])
      .then(([events, diff]) => setFound({ events, diff }), setFailed);
  };
  useEffect(look, []);
  return html`<${Dialog} side title=${t("week.history-of", { period: periodName(period) })} close=${close}>
    ${failed ? html`<${Failure} error=${failed} retry=${look} />` : !found ? html`<${Loading} />` : html`<${Changes} diff=${found.diff} period=${period} /><${Events} events=${found.events} period=${period} />`}<//>`;
}

function Events({ events, period }) {
  const back = period.state === "rejected" && events.find((e) => e.kind === "rejected" && !e.entry_id);
  return html`<section><h3>${t("week.what-happened")}</h3>${events.length ? html`<ol class="timeline">${together(events).map(([e, ...more]) => html`<li key=${e.id} data-kind=${e.kind}>
    <p><b>${nameOf(e.by)}</b> ${t(`week.event.${e.kind}`)}${e.entry_id ? ` ${t(more.length ? "week.some-lines" : "week.one-line", { n: more.length + 1 })}` : ""}${e.on_behalf_of ? ` ${t("week.for", { who: nameOf(e.on_behalf_of) })}` : ""}
      <time datetime=${e.at}>${inWords(e.at, { dateStyle: "medium", timeStyle: "short" })}</time></p>
    ${e.comment && html`<blockquote><bdi>${e.comment}</bdi></blockquote>`}${e === back && html`<${Said} />`}</li>`)}</ol>` : html`<p class="empty">${t("week.nothing-happened")}</p>`}</section>`;
}

/** What was said about single lines when it came back. */
const Said = () => rows.value.flatMap((row) => Object.entries(row.cells).flatMap(([date, cell]) => cell.said.map((words) => html`<blockquote key=${row.key + date + words}>
  <b>${inWords(date, { weekday: "short", day: "numeric", month: "short" })}, <bdi>${row.project.name}</bdi>:</b> <bdi>${words}</bdi></blockquote>`)));

function Changes({ diff, period }) {
  if (!diff) return null;
  const { added, changed, removed } = diff, none = !added.length && !changed.length && !removed.length;
  return html`<section class="diff"><h3>${t(["submitted", "approved"].includes(period.state) ? "week.since-before" : "week.since-submitted")}</h3>
    ${none ? html`<p class="fine">${t("week.nothing-changed")}</p>` : html`<p class="fine num">${clock(diff.minutes_before)} → ${clock(diff.minutes)}</p><ul>
      ${added.map((l) => html`<li key=${l.id} class="added"><${Icon} name="plus" /><span><span class="sr">${t("week.added-line")} </span><${Line} line=${l} /></span></li>`)}
      ${changed.map(({ before, after }) => html`<li key=${after.id} class="changed"><${Icon} name="note" /><span><span class="sr">${t("week.changed-line")} </span><del><${Line} line=${before} /></del> <ins><${Line} line=${after} /></ins></span></li>`)}
      ${removed.map((l) => html`<li key=${l.id} class="removed"><${Icon} name="minus" /><span><span class="sr">${t("week.removed-line")} </span><del><${Line} line=${l} /></del></span></li>`)}</ul>`}</section>`;
}

const Line = ({ line }) => html`<span class="a-line"><span>${inWords(line.date, { weekday: "short", day: "numeric", month: "short" })}</span> <b class="num">${clock(line.minutes)}</b> <${Dot} id=${line.project_id} />${" "}
  <bdi>${projects.value.get(line.project_id)?.name ?? t("week.unknown-project")}</bdi> <bdi>${line.task}</bdi> ${line.note && html`<q><bdi>${line.note}</bdi></q>`}</span>`;
