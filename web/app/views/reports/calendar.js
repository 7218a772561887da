import { html, useMemo, useSignal } from "../../vendor/preact.js";
import { all, del, post, query } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { day, range, t } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { set } from "../../lib/router.js";
import { addDays, clock, days as daysOf, stretches, today, weekday } from "../../lib/time.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { Dialog, explain, Failure, Icon, keepingPlace, Loading, phone, say } from "../../lib/ui.js";
import { asked } from "./filters.js";

const kinds = ["vacation", "sick", "parental", "unpaid", "other"];
const firstOf = (month) => month + "-01";
const shift = (month, by) => new Date(Date.UTC(+month.slice(0, 4), +month.slice(5) - 1 + by, 1)).toISOString().slice(0, 7);

/** Who is away when, and of whom time is missing: a month of the people whom one may see. */
export default function Calendar() {
  const month = /^\d{4}-\d\d$/.test(asked().month ?? "") ? asked().month : today().slice(0, 7), from = firstOf(month), to = addDays(firstOf(shift(month, 1)), -1);
  const adding = useSignal(null);
  const loaded = useLoad(async () => {
    const [absences, holidays, missing, directory] = await Promise.all([all(query("/absences", { from, to, limit: 200 }), { most: 2000 }), all(query("/holidays", { from, to, limit: 200 })),
      all(query("/missing-time", { from, to, limit: 200 }), { most: 500 }), all("/people?limit=200", { most: 2000 })]);
    const regions = new Map(directory.map((p) => [p.id, p.region])), people = missing.length > 0 ? missing : [{ user_id: me.value.id, name: me.value.name, missing_minutes: 0, periods: [] }];
    return { absences, holidays, people: people.map((p) => ({ ...p, region: regions.get(p.user_id) ?? "" })) };
  }, [month]);
  const data = loaded.value.value, step = (by) => set({ month: shift(month, by) }, { replace: true });
  return html`<div class="page-head"><h2 class="month">${day(from, { month: "long", year: "numeric" })}</h2><div class="acts">
      <div class="seg" role="group" aria-label=${t("reports.month")}><button class="btn only-icon" aria-label=${t("reports.month-before")} onClick=${() => step(-1)}><${Icon} name="left" /></button>
        <button class="btn" onClick=${() => set({ month: undefined }, { replace: true })}>${t("reports.now")}</button><button class="btn only-icon" aria-label=${t("reports.month-after")} onClick=${() => step(1)}><${Icon} name="right" /></button></div>
      <button class="btn primary" onClick=${() => { adding.value = { from: today(), to: today() }; }}><${Icon} name="plus" />${t("reports.add-absence")}</button></div></div>
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !data ? html`<${Loading} />` : phone.value ? html`<${List} data=${data} />` : html`<${Grid} data=${data} days=${daysOf(from, to)} />`}
    ${data && html`${!phone.value && html`<${Legend} />`}<${Own} absences=${data.absences.filter((a) => a.user_id === me.value.id)} changed=${loaded.reload} />`}
    ${adding.value && html`<${Absence} first=${adding.value} close=${() => { adding.value = null; }} added=${loaded.reload} />`}`;
}

/** What a day is to a person: {mark, text}; none where it is as any other. */
function dayOf(data, person, date) {
  const absence = data.absences.find((a) => a.user_id === person.user_id && a.from <= date && date <= a.to);
  if (absence) return { mark: "away", text: absence.kind ? t("reports.kind." + absence.kind) : t("reports.away"), half: absence.half };
  const holiday = data.holidays.find((h) => h.date === date && (h.region === "" || h.region === person.region));
  if (holiday) return { mark: "holiday", text: holiday.name, half: holiday.half };
  const missing = person.periods.flatMap((p) => p.days).find((d) => d.date === date);
  if (missing) return { mark: "missing", text: t("reports.missing-of", { hours: clock(missing.minutes) }) };
  return weekday(date) % 6 === 0 ? { mark: "off", text: "" } : null;
}

const letter = { away: "A", holiday: "H", missing: "!" };

const Grid = ({ data, days }) => html`<div class="card table-wrap" tabindex="0" role="region" aria-label=${t("reports.calendar")}><table class="calendar"><caption class="sr">${t("reports.calendar-caption")}</caption>
  <thead><tr><th scope="col">${t("reports.person")}</th>${days.map((d) => html`<th key=${d} scope="col" class=${d === today() ? "today" : ""}><abbr title=${day(d, { dateStyle: "full" })}><span>${day(d, { weekday: "narrow" })}</span>${+d.slice(8)}</abbr></th>`)}<th scope="col">${t("reports.missing")}</th></tr></thead>
  <tbody>${data.people.map((p) => html`<tr key=${p.user_id}><th scope="row"><bdi>${p.name}</bdi></th>${days.map((d) => { const is = dayOf(data, p, d); return html`<td key=${d} class=${is?.mark} title=${is?.text}>${is && is.mark !== "off" && html`<span aria-hidden="true">${is.half ? "½" : letter[is.mark]}</span><span class="sr">${is.text}</span>`}</td>`; })}
    <td class="num">${p.missing_minutes > 0 ? clock(p.missing_minutes) : "–"}</td></tr>`)}</tbody></table></div>`;

/** "2–6 Nov, 9–13 Nov" */
const told = (dates) => stretches(dates).map(([from, to], i) => html`${i > 0 && ", "}<i key=${from}>${range(from, to, { day: "numeric", month: "short" })}</i>`);

/** On the phone: who is away, and of whom time is missing, one after the other. */
const List = ({ data }) => html`<ul class="card plain away">${data.holidays.map((h) => html`<li key=${h.id}><span><b>${day(h.date, { dateStyle: "medium" })}</b> <bdi>${h.name}</bdi></span><span class="fine">${h.region ? t("reports.holiday-of", { region: h.region }) : t("reports.holiday")}</span></li>`)}
  ${data.absences.map((a) => html`<li key=${a.id}><span><b><bdi>${data.people.find((p) => p.user_id === a.user_id)?.name ?? t("reports.somebody")}</bdi></b> ${range(a.from, a.to, { day: "numeric", month: "short" })}</span><span class="fine">${a.kind ? t("reports.kind." + a.kind) : t("reports.away")}</span></li>`)}
  ${data.people.filter((p) => p.missing_minutes > 0).map((p) => html`<li key=${p.user_id}><span><b><bdi>${p.name}</bdi></b> ${told(p.periods.flatMap((x) => x.days).map((d) => d.date))}</span><span class="fine num">${t("reports.missing-of", { hours: clock(p.missing_minutes) })}</span></li>`)}
  ${data.holidays.length + data.absences.length + data.people.filter((p) => p.missing_minutes > 0).length === 0 && html`<li class="fine">${t("reports.all-there")}</li>`}</ul>`;

const Legend = () => html`<ul class="legend marks">${[["away", "reports.away"], ["holiday", "reports.holiday"], ["missing", "reports.missing"]].map(([mark, key]) => html`<li key=${mark}><i class=${mark} aria-hidden="true">${letter[mark]}</i>${t(key)}</li>`)}</ul>`;

function Own({ absences, changed }) {
  if (absences.length === 0) return null;
  const remove = async (a) => { try { await keepingPlace(async () => { await del("/absences/" + a.id); await changed(); }); say(t("reports.absence-removed"), { action: t("app.undo"), act: async () => { await post("/absences", { kind: a.kind, from: a.from, to: a.to, half: a.half, minutes_per_day: a.minutes_per_day ?? undefined, note: a.note }); await changed(); } }); } catch (e) { say(explain(e)); } };
  return html`<section class="card pad"><h2>${t("reports.own-absences")}</h2><ul class="plain">${absences.map((a) => html`<li key=${a.id}><span><b>${range(a.from, a.to, { dateStyle: "medium" })}</b> ${t("reports.kind." + a.kind)} ${a.half && t("reports.half")} <bdi class="fine">${a.note}</bdi></span>
    <button class="btn quiet only-icon" aria-label=${t("reports.remove-absence", { range: range(a.from, a.to, { dateStyle: "medium" }) })} onClick=${() => remove(a)}><${Icon} name="x" /></button></li>`)}</ul></section>`;
}

function Absence({ first, close, added }) {
  const f = useSignal({ kind: "vacation", half: false, note: "", ...first }), error = useSignal(null), put = (name) => (e) => { f.value = { ...f.value, [name]: e.target.type === "checkbox" ? e.target.checked : e.target.value }; };
  const before = useMemo(() => f.value, []);
  useUnsaved(JSON.stringify(f.value) !== JSON.stringify(before));
  const send = async (e) => {
    e.preventDefault();
    try { await post("/absences", f.value); close(); say(t("reports.absence-added")); await added(); } catch (e) { error.value = e; }
  };
  return html`<${Dialog} title=${t("reports.add-absence")} close=${close}><form class="form" onSubmit=${send}>
    <label class="field"><span class="label">${t("reports.why")}</span><select class="input" value=${f.value.kind} onChange=${put("kind")}>${kinds.map((k) => html`<option key=${k} value=${k}>${t("reports.kind." + k)}</option>`)}</select></label>
    <div class="two-fields"><label class="field"><span class="label">${t("reports.from")}</span><input class="input" type="date" required value=${f.value.from} onInput=${put("from")} /></label>
      <label class="field"><span class="label">${t("reports.to")}</span><input class="input" type="date" required min=${f.value.from} value=${f.value.to} onInput=${put("to")} /></label></div>
    <label class="check"><input type="checkbox" checked=${f.value.half} onChange=${put("half")} /><span>${t("reports.half-days")}</span></label>
    <label class="field"><span class="label">${t("reports.note")}</span><input class="input" maxlength="2000" value=${f.value.note} onInput=${put("note")} /><span class="fine">${t("reports.note-hint")}</span></label>
    ${error.value && html`<${Failure} error=${error.value} />`}<div class="form-foot"><button type="button" class="btn" onClick=${close}>${t("app.cancel")}</button><button class="btn primary">${t("reports.add-absence")}</button></div></form><//>`;
}
