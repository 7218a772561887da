import { html, useEffect, useState } from "../../vendor/preact.js";
import { day as inWords, range, t } from "../../lib/i18n.js";
import { clock, today, weekday } from "../../lib/time.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { flushed, nameOf, rows, submit, totals, week } from "../../lib/week.js";
import { Dialog, explain, Icon, Loading, say } from "../../lib/ui.js";
import { periodName } from "./head.js";

const dayWords = (date) => inWords(date, { weekday: "long", day: "numeric", month: "long" });

/** Enter submits as soon as it may. */
const first = (button) => { if (button && document.activeElement?.closest("header")) button.focus(); };

/** Sends what waits first, then shows what whoever decides will see, and submits it. */
export default function Submit({ close }) {
  const [period, setPeriod] = useState(null), [failed, setFailed] = useState(null), [busy, setBusy] = useState(false), [comment, setComment] = useState(""), [attest, setAttest] = useState(false);
  useUnsaved(comment.trim() !== "");
  const look = () => { setFailed(null); setPeriod(null); flushed().then(setPeriod, setFailed); };
  useEffect(look, []);
  const send = async () => {
    setBusy(true);
    try {
      await submit({ comment: comment.trim(), attest, early: period.end >= today() });
      close();
      say(t("week.submitted", { who: period.approvers.map(nameOf).join(", ") || t("week.an-administrator") }));
    } catch (e) { setFailed(e); if (e.status === 412) { const now = await flushed().catch(() => null); if (now) setPeriod(now); } }
    setBusy(false);
  };
  return html`<${Dialog} title=${period ? t("week.submit-period", { period: periodName(period) }) : t("week.submit")} close=${close}>
    ${failed && html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${failed.message === "refused" ? html`${t("week.submit-refused")} ${refusedWhere()}` : failed.status === 412 ? t("week.changed-meanwhile") : explain(failed)}</span>
      ${!period && failed.message !== "refused" && html`<button class="btn" onClick=${look}>${t("app.retry")}</button>`}</div>`}
    ${!period && !failed && html`<p class="fine" role="status">${t("week.sending")}</p><${Loading} />`}
    ${period && html`<div class="form">
      <p class="facts num"><b>${clock(period.minutes)}</b> ${period.expected_minutes ? t("week.of-expected", { expected: clock(period.expected_minutes) }) : ""} · ${range(period.start, period.end, { day: "numeric", month: "long" })}</p>
      <${Warnings} period=${period} />
      <p class="fine">${period.approvers.length ? t("week.submit-to", { who: period.approvers.map(nameOf).join(", ") }) : t("week.submit-to-admin")}</p>
      <label class="field"><span class="label">${t("week.comment")}</span><textarea class="input" maxlength="2000" value=${comment} onInput=${(e) => setComment(e.currentTarget.value)} /></label>
      ${period.entries === 0 && html`<label class="check"><input type="checkbox" checked=${attest} onChange=${(e) => setAttest(e.currentTarget.checked)} /><span>${t("week.attest")}</span></label>`}
      <div class="form-foot"><button class="btn" onClick=${close}>${t("app.cancel")}</button>
        <button class="btn primary" ref=${first} disabled=${busy || (period.entries === 0 && !attest)} onClick=${send}>${t("week.submit-now")}<${Icon} name="send" /></button></div></div>`}<//>`;
}

const refusedWhere = () => html`<ul>${rows.value.flatMap((row) => Object.entries(row.cells).filter(([, c]) => c.status === "refused").map(([date]) => html`<li key=${row.key + date}><bdi>${row.project.name}</bdi> <bdi>${row.task}</bdi>, ${dayWords(date)}</li>`))}</ul>`;

/** What whoever decides will be shown beside the hours. None of it blocks. */
function Warnings({ period }) {
  const found = warnings(period);
  if (!found.length) return html`<p class="alert ok"><${Icon} name="check" />${t("week.no-flags")}</p>`;
  return html`<div class="alert warn"><${Icon} name="alert" /><div><b>${t("week.flags")}</b><ul>${found.map((words) => html`<li key=${words}>${words}</li>`)}</ul></div></div>`;
}

/** What will be flagged of the days on screen, which is not said before they are submitted. */
function foreseen({ start, end }) {
  const { days } = week.value, of = totals.value.days;
  return days.filter((d) => start <= d.date && d.date <= end).flatMap(({ date, expected }) => [
    of[date] > 600 && { code: "day_over_10h", date }, of[date] > 0 && [0, 6].includes(weekday(date)) && { code: "weekend_work", date },
    expected > 0 && !of[date] && date <= today() && { code: "missing_day", date }].filter(Boolean));
}

function warnings(period) {
  const days = new Map(), told = new Set(period.flags.map((f) => f.code));
  for (const f of [...period.flags, ...foreseen(period).filter((f) => !told.has(f.code))]) days.set(f.code, [...(days.get(f.code) ?? []), f]);
  const words = [...days].map(([code, of]) => t(`week.flag.${code}`, { n: of.length, days: of.filter((f) => f.date).map((f) => dayWords(f.date)).join(", ") }));
  if (period.missing_minutes) words.unshift(t("week.missing-minutes", { hours: clock(period.missing_minutes) }));
  if (period.end >= today()) words.unshift(t("week.early", { date: dayWords(period.end) }));
  return words;
}
