import { html, useEffect, useRef } from "../../vendor/preact.js";
import { day as inWords, t } from "../../lib/i18n.js";
import { clock, format, today } from "../../lib/time.js";
import { pin, removeRow, rows, totals, typing, undo, week } from "../../lib/week.js";
import { Dot, Icon, say } from "../../lib/ui.js";
import { Cell, commit, freeName, longDay, shortDay, title, Why } from "./cell.js";
import { block, copyBlock, focusCell, focused, gridKeys, inBlock, pasteBlock } from "./keys.js";

/** How a day looks: free days dim, holidays and absences hatched, today tinted. */
const lookOf = (day) => [day.off && "off", (day.holiday || day.absence) && "free", day.date === today() && "today"].filter(Boolean).join(" ");

/** The week as a real table of labelled inputs: Tab goes as in any form, all other keys are extras. open: {lines, add}. */
export function Grid({ open }) {
  const { days, shut } = week.value, table = useRef(), selected = block.value;
  useEffect(() => () => { commit(); }, []);
  const leave = (e) => { if (!e.relatedTarget?.matches?.("input.h")) block.value = null; commit(); };
  const enter = (e) => { if (e.target.matches("input.h")) { focused.value = { r: Number(e.target.dataset.r), c: Number(e.target.dataset.c) }; e.target.select(); } };
  return html`<section class="card grid ${shut ? "whole-locked" : ""}"><table ref=${table} onKeyDown=${(e) => gridKeys(e, open)} onCopy=${copyBlock} onPaste=${pasteBlock} onFocusIn=${enter} onFocusOut=${leave}
    onPointerDown=${() => { block.value = null; }} onDblClick=${(e) => { const i = e.target.closest("input.h[readonly]"); if (i) open.lines(days[i.dataset.c].date); }}>
    <caption class="sr">${t("week.caption")}</caption>
    <colgroup><col />${days.map((d) => html`<col key=${d.date} class="one-day" />`)}<col class="tot" /></colgroup>
    <thead><tr><th scope="col">${t("week.project")}</th>
      ${days.map((d) => html`<th key=${d.date} scope="col" class=${lookOf(d)} aria-current=${d.date === today() ? "date" : undefined}>
        <button class="of-day" title=${t("week.lines-of", { day: longDay(d.date) })} onClick=${() => open.lines(d.date)}><span aria-hidden="true">${inWords(d.date, { weekday: "short" })}<b>${Number(d.date.slice(8))}</b></span><span class="sr">${longDay(d.date)}</span></button>
        ${freeName(d) && html`<i class="free-name"><bdi>${freeName(d)}</bdi></i>`}</th>`)}
      <th scope="col">${t("week.total")}</th></tr></thead>
    <tbody>${rows.value.map((row, r) => html`<${Row} key=${row.key} ...${{ row, r, days, selected, whole: shut }} />`)}</tbody>
    <${Foot} days=${days} add=${open.add} />
  </table></section>`;
}

function Row({ row, r, days, selected, whole }) {
  return html`<tr><th scope="row"><div><${Dot} id=${row.project.id} /><b><bdi>${row.project.name}</bdi></b>
      <span><bdi>${row.task || row.project.customer || t("week.no-task")}</bdi>${row.tags.map((tag) => html` <em key=${tag}><bdi>${tag}</bdi></em>`)}
        ${row.billable !== row.project.billable && html` <em>${t(row.billable ? "week.billable" : "week.not-billable")}</em>`}</span></div>
      <div class="row-acts"><button class="btn quiet only-icon" aria-pressed=${String(row.pinned)} aria-label=${t("week.pin-row", { row: title(row) })} title=${t(row.pinned ? "week.unpin" : "week.pin")} onClick=${() => pin(row, !row.pinned)}>${row.pinned ? "★" : "☆"}</button>
        ${!whole && html`<button class="btn quiet only-icon" aria-label=${t("week.remove-row", { row: title(row) })} title=${t("week.remove")} onClick=${() => remove(row)}><${Icon} name="x" /></button>`}</div></th>
    ${days.map((day, c) => html`<${Cell} key=${day.date} ...${{ row, day, r, c, whole }} look="${lookOf(day)} ${inBlock(selected, r, c) ? "selected" : ""}" />`)}
    <${RowTotal} row=${row} /></tr>
    <${Why} ...${{ row, days, r }} again=${() => focusCell(r, focused.peek().c)} />`;
}

const RowTotal = ({ row }) => {
  const total = totals.value.rows[row.key] ?? row.total;
  return html`<td class="rt ${total ? "" : "zero"}">${format(total) || "–"}</td>`;
};

function remove(row) {
  if (row.pinned) pin(row, false);
  const left = removeRow(row.key);
  say(left ? t("week.row-kept", { n: left }) : t("week.row-removed"), { action: t("app.undo"), act: undo, seconds: 10 });
}

/** Totals below, as one types, and how far they are from what is expected. */
function Foot({ days, add }) {
  const { days: of, whole, expected } = totals.value, { shut } = week.value;
  return html`<tfoot><tr><th scope="row">${shut ? t("week.total") : html`<button class="btn quiet" onClick=${add}><${Icon} name="plus" />${t("week.add-row")}</button><span class="sr">${t("week.total")}</span>`}</th>
    ${days.map((d) => html`<td key=${d.date} class="${lookOf(d)} ${of[d.date] ? "" : "zero"}">${format(of[d.date]) || (d.expected ? "0:00" : "–")}
      ${d.expected > 0 && html`<span class="fill ${of[d.date] > d.expected ? "over" : of[d.date] === d.expected ? "full" : ""}"><i style=${{ width: `${Math.min(100, (100 * of[d.date]) / d.expected)}%` }} /></span><${Off} by=${of[d.date] - d.expected} day=${d} />`}</td>`)}
    <td class="grand">${clock(whole)}${expected > 0 && html`<${Off} by=${whole - expected} />`}</td></tr></tfoot>`;
}

const Off = ({ by, day }) => (by && !(day && day.date > today()) ? html`<small title=${t("week.against-expected")}>${by > 0 ? "+" : ""}${clock(by)}</small>` : html`<small aria-hidden="true"> </small>`);

/** Under the grid: what there is about the cell in which one is, and the way to its note and tags. */
export function Hint({ open }) {
  const { r, c } = focused.value, row = rows.value[r], day = week.value.days[c], cell = row?.cells[day?.date];
  if (!cell?.entries.length) return html`<div class="hint"><p aria-live="polite">${cell && html`<${Shut} cell=${cell} />`}</p></div>`;
  const notes = cell.entries.filter((e) => e.note), [one, other] = cell.entries, mine = !other && one.allowed_actions.includes("update");
  const what = !mine ? "details" : one.note || one.tags.length ? "change-note" : "add-note";
  return html`<div class="hint"><b aria-hidden="true">${shortDay(day.date)}, <bdi>${row.project.name}</bdi></b><p aria-live="polite"><${Shut} cell=${cell} />
    ${cell.entries.length > 1 && html`<span>${t("week.several", { n: cell.entries.length })}</span>`}
    ${notes.map((e) => html`<span key=${e.id}><${Icon} name="note" /><bdi>${e.note}</bdi></span>`)}</p>
    <button class="btn" onClick=${() => open.lines(day.date, mine ? one.id : undefined)}>${t(`week.${what}`)}</button></div>`;
}

const Shut = ({ cell }) => cell.locked && !week.value.shut && html`<span><${Icon} name="lock" />${cell.reason}</span>`;

/** The totals for those who don't see them, once one has typed. */
export function Announce() {
  const said = useRef(), { whole, expected } = totals.value, busy = typing.value;
  useEffect(() => {
    if (busy) return undefined;
    const timer = setTimeout(() => { if (said.current) said.current.textContent = t("week.announce", { hours: clock(whole), expected: clock(expected) }); }, 700);
    return () => clearTimeout(timer);
  }, [whole, busy]);
  return html`<p class="sr" aria-live="polite" ref=${said}></p>`;
}
