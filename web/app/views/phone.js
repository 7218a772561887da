import { html, signal, useEffect, useRef } from "../vendor/preact.js";
import { day as inWords, range, t } from "../lib/i18n.js";
import { go } from "../lib/router.js";
import { addDays, clock, format, isoWeek, parse, today } from "../lib/time.js";
import { discard, open as show, refuse, rows, setCell, setCells, totals, undo, week } from "../lib/week.js";
import { Chip, Dot, explain, Icon, say } from "../lib/ui.js";
import { markChanges } from "../lib/week/changes.js";
import { Unsent } from "../lib/unsent.js";
import { Banner, Elsewhere, firstSaid } from "./week/banner.js";
import { fix, freeName, title, wasBefore } from "./week/cell.js";
import { hrefAfter, hrefBefore, periodName, Primary, weekly } from "./week/head.js";

/** The week on a phone: the same state as the grid's, one day at a time. */
const chosen = signal(null);

/** The day on screen: the one that was chosen if the week has it, else the first that came back, else today, else the first. */
const onScreen = () => { const { days } = week.value; return [chosen.value, firstSaid()?.date, today()].find((date) => days.some((d) => d.date === date)) ?? days[0].date; };
const showCard = (date, r) => { chosen.value = date; setTimeout(() => { const card = document.querySelectorAll(".day-list .entry")[r]; card?.scrollIntoView({ block: "center" }); card?.querySelector(".said button")?.focus({ preventScroll: true }); }); };

export default function Phone({ open }) {
  const date = onScreen(), swipe = useSwipe(date), { days, period } = week.value, day = days.find((d) => d.date === date);
  useEffect(() => { markChanges(period).catch(() => {}); }, [period?.etag, period?.state]);
  return html`<div class="page phone-week" ...${swipe}><${Title} open=${open} /><${Elsewhere} /><${Banner} open=${open} show=${showCard} /><${Strip} date=${date} />
    <section id="day" role="tabpanel" aria-labelledby=${"tab-" + date} class="day-list"><${DayHead} day=${day} open=${open} />
      ${rows.value.map((row, r) => html`<${Card} key=${row.key + date} ...${{ row, r, date, open }} />`)}
      <${More} date=${date} open=${open} /></section>
    ${period && html`<div class="acts of-week">${!week.value.shut && html`<button class="btn quiet" onClick=${open.copy}><${Icon} name="copy" />${t("week.copy-last")}</button>`}<button class="btn quiet" onClick=${open.history}>${t("week.history")}</button></div>`}
    <${Dock} open=${open} /></div>`;
}

function Title({ open }) {
  const { start, end, period } = week.value;
  return html`<div class="phone-head"><a class="btn quiet only-icon" href=${hrefBefore()} aria-label=${t("week.before")}><${Icon} name="left" /></a>
    <div><h1>${t("week.number", { n: isoWeek(addDays(start, 3)) })} ${period && html`<${Chip} state=${period.state} />`}</h1><p class="range num">${range(start, end, { day: "numeric", month: "short" })}${period && !weekly(period) ? html` · ${t("week.part-of", { period: periodName(period) })}` : ""}</p></div>
    <a class="btn quiet only-icon" href=${hrefAfter()} aria-label=${t("week.after")}><${Icon} name="right" /></a></div>`;
}

/** The seven days as tabs; a dot says that time is missing, a mark that somebody sent something back. */
function Strip({ date }) {
  const { days } = week.value, at = days.findIndex((d) => d.date === date);
  const keys = (e) => { const n = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: 6 }[e.key]; if (days[n]) { e.preventDefault(); chosen.value = days[n].date; e.currentTarget.children[n].focus(); } };
  return html`<div class="days num" role="tablist" aria-label=${t("phone.day")} onKeyDown=${keys}>${days.map((d) => { const sum = totals.value.days[d.date], missing = totals.value.missing.includes(d.date), said = rows.value.some((r) => r.cells[d.date]?.said.length);
    return html`<button key=${d.date} role="tab" id=${"tab-" + d.date} aria-controls="day" aria-selected=${String(d.date === date)} tabindex=${d.date === date ? 0 : -1} class="${d.date === today() ? "today" : ""} ${d.off ? "off" : ""} ${d.holiday || d.absence ? "free" : ""} ${said ? "said" : ""}" onClick=${() => { chosen.value = d.date; }}>
      <span aria-hidden="true">${inWords(d.date, { weekday: "narrow" })}</span><span class="sr">${inWords(d.date, { weekday: "long" })} </span><b>${+d.date.slice(8)}</b><span class="sr">${freeName(d) && ` ${freeName(d)} `}${said && ` ${t("phone.said")} `}</span>
      <i class=${missing ? "missing" : ""}>${format(sum)}${(missing || !sum) && html`<span aria-hidden="true">${missing ? "●" : "–"}</span>`}${missing && html`<span class="sr"> ${t("phone.missing")}</span>`}</i></button>`; })}</div>`;
}

const DayHead = ({ day, open }) => html`<header><h2>${inWords(day.date, { weekday: "long", day: "numeric", month: "long" })}</h2>
  <p class="fine num">${freeName(day) && html`<bdi>${freeName(day)}</bdi> · `}${clock(totals.value.days[day.date])} ${day.expected > 0 && t("week.of-expected", { expected: clock(day.expected) })}</p>
  <button class="btn quiet" onClick=${() => open.lines(day.date)}><${Icon} name="note" />${t("phone.lines")}</button></header>`;

const quarter = 15, chips = [30, 60, 120, 240, 480];

/** One line of the day: steps of a quarter of an hour, a few usual durations, or typed. */
function Card({ row, r, date, open }) {
  const cell = row.cells[date], refused = cell.status === "refused", now = refused ? parse(cell.text) ?? cell.minutes : cell.minutes, several = cell.entries.length > 1, fixed = cell.locked || several, was = wasBefore(row, date), input = useRef(), name = title(row);
  const set = (minutes) => { setCell(row.key, date, Math.max(0, Math.min(1440, minutes))); };
  const typed = (e) => {
    const minutes = parse(e.target.value, cell.minutes);
    if (minutes === null) refuse(row.key, date, e.target.value.slice(0, 40)); else if (minutes !== cell.minutes || refused) set(minutes); else e.target.value = format(minutes);
  };
  return html`<article class="card entry" data-status=${cell.status}><${Dot} id=${row.project.id} /><div class="name"><b><bdi>${row.project.name}</bdi></b><span><bdi>${row.task || t("week.no-task")}</bdi></span></div>
    <div class="step" role="group" aria-label=${name}><button aria-label=${t("phone.less")} disabled=${fixed || !now} onClick=${() => set(now - quarter)}><${Icon} name="minus" /></button>
      <input ref=${input} value=${refused ? cell.text : format(cell.minutes)} placeholder="–" inputmode="decimal" autocomplete="off" readonly=${fixed} aria-label="${name}, ${t("phone.hours")}" aria-invalid=${refused ? "true" : undefined} aria-describedby=${refused ? `why-${r}` : undefined} onFocus=${(e) => e.target.select()} onChange=${typed} />
      <button aria-label=${t("phone.more")} disabled=${fixed} onClick=${() => set(now + quarter)}><${Icon} name="plus" /></button></div>
    ${!fixed && !now && html`<div class="chips num" role="group" aria-label=${t("phone.usual")}>${chips.map((m) => html`<button key=${m} class="btn" onClick=${() => set(m)}>${clock(m)}</button>`)}</div>`}
    ${cell.entries.filter((e) => e.state === "rejected" && e.comment).map((e) => html`<p class="said" key=${e.id}><${Icon} name="note" /><q><bdi>${e.comment}</bdi></q>
      ${e.allowed_actions.includes("update") && html`<button class="btn" onClick=${() => open.lines(date, e.id)}>${t("week.edit")}</button>`}</p>`)}
    ${refused && html`<p class="refused" role="alert" id=${`why-${r}`}><${Icon} name="alert" /><span>${explain(cell.problem)}${cell.minutes ? ` ${t("week.stays", { hours: clock(cell.minutes) })}` : ""}</span></p>
      <div class="acts">${fix(row, date)}<button class="btn quiet" onClick=${() => discard(row.key, date)}>${t("week.discard")}</button></div>`}
    ${was && html`<p class="fine num">${was}</p>`}
    ${several && html`<p class="fine">${t("week.lines", { n: cell.entries.length })}</p>`}${cell.locked && cell.reason !== week.value.locked && html`<p class="fine"><${Icon} name="lock" /> ${cell.reason}</p>`}</article>`;
}

function More({ date, open }) {
  if (week.value.shut) return null;
  const before = addDays(date, -1), same = rows.value.filter((r) => r.cells[before]?.minutes && !r.cells[date].minutes && !r.cells[date].locked);
  const copy = () => { setCells(same.map((r) => ({ key: r.key, date, minutes: r.cells[before].minutes }))); say(t("phone.copied", { n: same.length }), { action: t("app.undo"), act: undo }); };
  return html`<div class="acts more">${same.length > 0 && html`<button class="btn" onClick=${copy}><${Icon} name="copy" />${t("phone.same")}</button>`}
    <button class="btn" onClick=${open.add}><${Icon} name="plus" />${t("week.add-row")}</button><button class="btn" onClick=${open.quick}>${t("week.quick")}</button></div>`;
}

const Dock = ({ open }) => html`<div class="dock"><p class="big num" role="status">${clock(totals.value.whole)}<small>${totals.value.expected ? t("week.of-expected", { expected: clock(totals.value.expected) }) : ""}</small></p>
  <${Unsent} short /><${Primary} period=${week.value.period} open=${open} /></div>`;

/** A swipe along the day leads to the one beside it, be it in another week; one that begins on something to type into doesn't. */
function useSwipe(date) {
  const from = useRef(null), step = (n) => {
    const to = addDays(date, n);
    if (!week.value.days.some((d) => d.date === to)) { show(to); go(`/app/week/${to}`); }
    chosen.value = to;
  };
  useEffect(() => { document.querySelector(`.days [aria-selected="true"]`)?.scrollIntoView({ block: "nearest" }); }, [date]);
  return {
    onTouchStart: (e) => { from.current = e.target.closest("input, .days, dialog") ? null : e.touches[0]; },
    onTouchEnd: (e) => {
      const a = from.current, b = e.changedTouches[0];
      if (a && Math.abs(b.clientX - a.clientX) > 60 && Math.abs(b.clientY - a.clientY) < 40) step(b.clientX < a.clientX ? 1 : -1);
    },
  };
}
