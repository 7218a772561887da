import { html } from "../../vendor/preact.js";
import { day as inWords, t } from "../../lib/i18n.js";
import { clock, format, meantMinutes, parse } from "../../lib/time.js";
import { discard, refuse, setCell, typing } from "../../lib/week.js";
import { before } from "../../lib/week/changes.js";
import { cellKey } from "../../lib/week/entries.js";
import { explain, Icon } from "../../lib/ui.js";

export const title = (row) => [row.project.name, row.task].filter(Boolean).join(", ");
export const longDay = (date) => inWords(date, { weekday: "long", day: "numeric", month: "long" });
export const shortDay = (date) => inWords(date, { weekday: "short", day: "numeric", month: "short" });

/** Why a day is free of work: a holiday's name, an absence's kind. */
export const freeName = ({ holiday, absence }) => [holiday?.name, absence && t(`week.absence.${absence.kind ?? "other"}`)].filter(Boolean).join(", ");

/** Takes what is being typed as the cell's time. Gives whether it is one. */
export function commit() {
  const now = typing.peek();
  if (!now) return true;
  const { key, date, text, were } = now, minutes = parse(text, were);
  typing.value = null;
  if (minutes !== null) { setCell(key, date, minutes, parse(text) === null ? format(minutes) : text.trim()); return true; }
  const meant = meantMinutes(text);
  refuse(key, date, text, { message: t(meant ? "week.more-than-a-day" : "week.no-time"), meant });
  return false;
}

const icons = { saving: ["dot", "saving"], waiting: ["cloud", "waiting"], saved: ["check", "saved"], refused: ["alert", "refused"] };

/** One day of a row. What is typed is kept apart from what is there, so that an answer from the server never overwrites it. */
export function Cell({ row, day, r, c, look, whole }) {
  const cell = row.cells[day.date], now = typing.peek(), mine = now && now.key === row.key && now.date === day.date;
  const several = cell.entries.length > 1, noted = cell.entries.some((e) => e.note), id = `c${r}-${c}`, refused = cell.status === "refused";
  const had = before.value.get(cellKey(row.key, day.date)), was = had === undefined || had === cell.minutes ? null : had ? t("week.was", { hours: clock(had) }) : t("week.was-none");
  const value = mine ? now.text : refused ? cell.text : format(cell.minutes);
  const label = [title(row), longDay(day.date), several && t("week.lines", { n: cell.entries.length }), cell.locked && t("week.locked"), noted && t("week.has-note"), was].filter(Boolean).join(", ");
  return html`<td class="cell ${look} ${noted ? "noted" : ""} ${cell.locked ? "locked" : ""} ${cell.said.length ? "sent-back" : ""}" data-status=${cell.status}>
    <input class="h" id=${id} data-r=${r} data-c=${c} value=${value} placeholder=${cell.locked ? "" : "–"} inputmode="decimal" autocomplete="off" spellcheck=${false}
      readonly=${cell.locked || several} title=${cell.reason ?? undefined} aria-label=${label} aria-invalid=${refused ? "true" : undefined} aria-describedby=${refused || cell.said.length ? `why-${r}` : undefined}
      onInput=${(e) => { const text = e.currentTarget.value; typing.value = { key: row.key, date: day.date, text, were: cell.minutes, minutes: parse(text, cell.minutes) ?? cell.minutes }; }} />
    ${was && html`<small class="was num" aria-hidden="true">${was}</small>`}
    ${several && html`<b class="many num" aria-hidden="true">${cell.entries.length}</b>`}
    ${cell.locked && !whole && html`<span class="mark-of lock"><${Icon} name="lock" /></span>`}
    ${icons[cell.status] && html`<span class="mark-of ${cell.status}"><${Icon} name=${icons[cell.status][0]} /><span class="sr">${t(`week.${icons[cell.status][1]}`)}</span></span>`}
  </td>`;
}

/** Under a row: what was refused and why, and what whoever sent it back said. */
export function Why({ row, days, r, again }) {
  const refused = days.filter((d) => row.cells[d.date].status === "refused"), said = days.filter((d) => row.cells[d.date].said.length);
  if (!refused.length && !said.length) return null;
  return html`<tr class="why"><td colspan="9"><ul id="why-${r}">
    ${said.map((d) => html`<li key=${"s" + d.date} class="said"><${Icon} name="note" /><span><b>${shortDay(d.date)}</b> ${row.cells[d.date].said.map((words) => html`<q><bdi>${words}</bdi></q> `)}</span></li>`)}
    ${refused.map((d) => html`<li key=${d.date} class="refused"><${Icon} name="alert" /><span role="alert"><b>${shortDay(d.date)}</b> ${problemOf(row.cells[d.date])}</span>
      <span class="acts">${fix(row, d.date)}
      <button class="btn quiet" onClick=${() => { discard(row.key, d.date); again(); }}>${t("week.discard")}</button></span></li>`)}
  </ul></td></tr>`;
}

const problemOf = ({ text, problem, minutes }) => html`${text ? html`<q><bdi>${text}</bdi></q> ` : ""}${explain(problem)} ${minutes ? t("week.stays", { hours: clock(minutes) }) : ""}`;

function fix({ key, cells }, date) {
  const { problem } = cells[date];
  if (problem.meant) return html`<button class="btn" onClick=${() => setCell(key, date, parse(problem.meant), problem.meant)}>${t("week.did-you-mean", { text: problem.meant })}</button>`;
  return problem.status !== undefined || problem instanceof Error ? html`<button class="btn" onClick=${() => import("../../lib/week.js").then((w) => w.retryCell(key, date))}>${t("app.retry")}</button>` : null;
}
