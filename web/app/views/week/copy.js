import { html, useEffect, useState } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { clock, sum } from "../../lib/time.js";
import { copyLastWeek, lastWeek, rows, undo } from "../../lib/week.js";
import { Dialog, Dot, Failure, Icon, Loading, say } from "../../lib/ui.js";

/** The rows of the week before, with their hours or without: seen before they are taken. */
export default function Copy({ close }) {
  const [found, setFound] = useState(null), [failed, setFailed] = useState(null), [hours, setHours] = useState(false);
  const look = () => { setFailed(null); lastWeek().then(setFound, setFailed); };
  useEffect(look, []);
  return html`<${Dialog} title=${t("week.copy-last")} close=${close}>
    ${failed ? html`<${Failure} error=${failed} retry=${look} />` : !found ? html`<${Loading} />` : !found.length ? html`<p class="empty">${t("week.nothing-last-week")}</p>` : html`<div class="copy-week">
      <div class="seg" role="group" aria-label=${t("week.copy-what")}>${[false, true].map((with_) => html`<button key=${with_} class="btn" aria-pressed=${String(hours === with_)} onClick=${() => setHours(with_)}>${t(with_ ? "week.rows-and-hours" : "week.rows-only")}</button>`)}</div>
      <ul>${found.map((row) => html`<li key=${row.key} class=${row.skip ? "skip" : ""}><${Dot} id=${row.project_id} /><span><b><bdi>${row.project.name || t("week.unknown-project")}</bdi></b> <bdi>${row.task}</bdi>
        ${row.skip && html`<small>${t("week.skip-closed")}</small>`}</span>${hours && !row.skip && html`<span class="num">${clock(free(row))}</span>`}</li>`)}</ul>
      ${hours && html`<p class="fine">${t("week.copy-hours-detail")}</p>`}
      <div class="form-foot"><button class="btn" onClick=${close}>${t("app.cancel")}</button><button class="btn primary" disabled=${found.every((r) => r.skip)} onClick=${() => { close(); take(hours); }}>${t("week.copy-n", { n: found.filter((r) => !r.skip).length })}</button></div></div>`}<//>`;
}

/** What would go into cells that are empty. */
const free = ({ key, cells }) => {
  const here = rows.value.find((r) => r.key === key);
  return sum(Object.entries(cells).map(([date, minutes]) => (here?.cells[date].minutes || here?.cells[date].locked ? 0 : minutes)));
};

async function take(hours) {
  const { copied, skipped, held, cells } = await copyLastWeek({ hours });
  const words = [t("week.copied", { n: copied }), skipped.length && t("week.copy-skipped", { n: skipped.length }), held && t("week.skipped-locked", { n: held })].filter(Boolean).join(" ");
  say(words, cells ? { action: t("app.undo"), act: undo, seconds: 10 } : {});
}
