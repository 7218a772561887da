import { signal } from "../../vendor/preact.js";
import { all, get, query } from "../../lib/api.js";
import { day, range } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { loadOrganization, organization, weekOf as weekAround } from "../../lib/organization.js";
import { addDays, days, sum, weekday } from "../../lib/time.js";

/** The tabs, in their order, by the state of the periods in them. */
export const tabs = ["submitted", "rejected", "approved", "open"];
const size = 50;

export const counts = signal({});
/** {tab, rows, next} or {tab, error} */
export const list = signal({ tab: "", rows: null });
/** User id -> name; and who stands in for whom. */
export const names = signal(new Map()), delegations = signal([]);
/** User id and first day -> Map(date -> minutes); what is expected by weekday: user id -> schedules. */
export const worked = signal(new Map()), schedules = signal(new Map());
/** Periods in which somebody has written nothing at all, though time is expected: they aren't in the list of the server. */
export const idle = signal([]);
export const daysOff = signal({ holidays: [], absences: [] });

const people = new Map(); // what is known of somebody
let asked = 0;

export const weekOf = (p) => range(p.start, p.end, { day: "numeric", month: "short" });
export const nameOf = (id) => names.value.get(id) ?? (id?.startsWith("usr_") ? "…" : id);
export const personOf = (id) => people.get(id);

/** Loads the tab's first page, or the one after it. An answer that comes after another question was asked is dropped. */
export async function load(tab, { more = false } = {}) {
  const now = ++asked, before = list.value;
  if (before.tab !== tab) list.value = { tab, rows: null };
  try {
    const limit = Math.min(200, Math.max(size, before.tab === tab && before.rows ? before.rows.length : 0)); // as many as were shown
    const [page, n] = await Promise.all([get(more ? before.next : query("/approvals", { state: tab, limit })), get("/approvals/counts"), organization.value ?? loadOrganization()]);
    if (now !== asked) return;
    await knowPeople(page.body.map((p) => p.user_id));
    if (now !== asked) return;
    counts.value = n.body;
    list.value = { tab, rows: more ? [...before.rows, ...page.body] : page.body, next: page.next };
    loadBars(page.body);
    loadIdle(tab);
  } catch (error) { if (now === asked) list.value = { ...list.value, tab, error }; }
}

let directory;
/** Names: of all whom one may see, and of each other that is asked about. Somebody who isn't visible stays a dash. */
export async function knowPeople(ids) {
  directory ??= Promise.all(["/people", "/teams", "/delegations"].map((path) => all(path, { most: 2000 }))).then(([found, teams, given]) => {
    for (const one of [...teams.flatMap((team) => team.members), ...found]) people.set(one.id, one); // of one's own team the names alone
    people.set(me.value.id, me.value);
    delegations.value = given;
    return given;
  });
  try { await directory; } catch (e) { directory = undefined; throw e; }
  const strangers = [...new Set(ids)].filter((id) => id && !people.has(id) && id.startsWith("usr_")).slice(0, 100);
  await Promise.all(strangers.map((id) => get(`/people/${id}`).then((a) => people.set(id, a.body), () => people.set(id, { id, name: "–" }))));
  names.value = new Map([...people].map(([id, one]) => [id, one.name]));
}
export const forgetPeople = () => { directory = undefined; };
/** Whom one may name as the one who decides: everybody whose name one knows. */
export const everybodyElse = () => [...names.value].filter(([id, name]) => id !== me.value.id && name !== "–")
  .sort((a, b) => a[1].localeCompare(b[1]));

/** Delegations go by the days of UTC. */
export const dayInUTC = () => new Date().toISOString().slice(0, 10);

/** The delegation by which one decides about a period that is another's to decide, if so. */
export function standsIn(period) {
  const now = dayInUTC();
  if (personOf(period.user_id)?.manager_id === me.value.id) return undefined;
  return delegations.value.find((d) => d.to_user_id === me.value.id && !d.ended_at && d.starts_on <= now && now <= d.ends_on
    && period.approvers.includes(d.from_user_id));
}

/** What was worked by day: one question per week, whoever is in it. Without an answer there are no bars, which is no failure. */
async function loadBars(rows) {
  const spans = new Map(rows.map((p) => [`${p.start} ${p.end}`, p]));
  const owners = [...new Set(rows.map((p) => p.user_id))].filter((id) => !schedules.value.has(id));
  const quiet = (asking, or) => asking.catch(() => or);
  const [everybody, ...own] = await Promise.all([quiet(get("/expected-hours").then((a) => a.body.schedules), []),
    ...owners.map((id) => quiet(get(`/people/${id}/expected-hours`).then((a) => a.body.schedules), []))]);
  schedules.value = new Map([...schedules.value, ["", everybody], ...owners.map((id, i) => [id, own[i]])]);
  if (spans.size) await loadDaysOff(rows, quiet);
  for (const { start, end } of [...spans.values()].slice(0, 30)) {
    const report = await quiet(get(query("/reports/summary", { group_by: ["user", "day"], from: start, to: end })).then((a) => a.body.groups), []);
    const found = new Map(worked.value);
    for (const person of report) found.set(`${person.key} ${start}`, new Map(person.groups.map((g) => [g.key, g.minutes])));
    worked.value = found;
  }
}

let idleKnown = false;
/** Of the last five weeks, and of those alone about whom one decides. Other tabs only count them, for which the first answer will do. */
async function loadIdle(tab) {
  if (idleKnown && tab !== "open") return;
  const now = dayInUTC(), to = addDays(now, -1), from = addDays(to, -34);
  const instead = delegations.value.filter((d) => d.to_user_id === me.value.id && !d.ended_at && d.starts_on <= now && now <= d.ends_on);
  const places = [me.value.id, ...instead.map((d) => d.from_user_id)];
  const mine = new Set([...people.values()].filter((p) => p.id !== me.value.id && places.includes(p.manager_id)).map((p) => p.id));
  if (!mine.size) return;
  const missing = await all(query("/missing-time", { from, to, limit: 200 }), { most: 1000 }).catch(() => []);
  idle.value = missing.filter((m) => mine.has(m.user_id)).flatMap((m) => m.periods.map((p) => asRow(m.user_id, p)))
    .filter((p) => p.state === "open" && !p.minutes && from <= p.start && p.end <= to);
  idleKnown = true;
}
const asRow = (user_id, { period_id: id, start, end, state, minutes, expected_minutes }) => ({
  id, user_id, start, end, state, minutes, expected_minutes, billable_minutes: 0, flags: [], approvers: [], allowed_actions: [], revision: 0,
});

/** What isn't submitted, first what is over: the server's list, and those who have written nothing, as far down as it is known. */
export function withIdle(rows, more) {
  const known = new Set(rows.map((p) => p.id)), last = more ? rows.at(-1).start : "";
  const all = [...rows, ...idle.value.filter((p) => !known.has(p.id) && last <= p.start)], over = (p) => p.end < dayInUTC();
  return all.sort((a, b) => over(b) - over(a) || b.start.localeCompare(a.start));
}

async function loadDaysOff(rows, quiet) {
  const from = rows.map((p) => p.start).sort()[0], to = rows.map((p) => p.end).sort().at(-1);
  const [holidays, absences] = await Promise.all(["/holidays", "/absences"].map((path) => quiet(all(query(path, { from, to }), { most: 1000 }), [])));
  daysOff.value = { holidays, absences };
}

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** What is expected of somebody on a day: the last of their schedules that begins by then, less holidays and absences. */
function expectedOn(user, date) {
  const upTo = (of) => (schedules.value.get(of) ?? []).filter((s) => s.valid_from <= date).at(-1);
  const minutes = (upTo(user) ?? upTo(""))?.minutes[weekdays[weekday(date)]] ?? 0, region = personOf(user)?.region ?? "";
  const whole = daysOff.value.holidays.filter((h) => h.date === date && (!h.region || h.region === region));
  const away = daysOff.value.absences.filter((a) => a.user_id === user && a.from <= date && date <= a.to);
  const off = [...whole, ...away].map((o) => o.minutes_per_day ?? (o.half ? minutes / 2 : minutes));
  return Math.max(0, minutes - off.reduce((a, b) => a + b, 0));
}

/** What stands beside each other of a period: its days, or of a month its weeks. [[date, …], …] */
export function columnsOf({ start, end }) {
  const dates = days(start, end), starts = (d) => weekAround(d)[0];
  if (dates.length <= 7) return dates.map((d) => [d]);
  return dates.reduce((weeks, d) => {
    if (weeks.length && starts(weeks.at(-1)[0]) === starts(d)) weeks.at(-1).push(d); else weeks.push([d]);
    return weeks;
  }, []);
}
export const columnName = (dates, weekdays) => (dates.length === 1 && weekdays ? day(dates[0], { weekday: weekdays })
  : range(dates[0], dates.at(-1), { day: "numeric", month: "short" }));
export const expectedOf = (user, dates) => sum(dates.map((d) => expectedOn(user, d)));

/** Its columns with what was worked and expected: [{dates, minutes, expected}]; null until it is known. */
export function bars(period) {
  const of = worked.value.get(`${period.user_id} ${period.start}`);
  const minutes = (dates) => sum(dates.map((d) => of.get(d) ?? 0));
  return of && columnsOf(period).map((dates) => ({ dates, minutes: minutes(dates), expected: expectedOf(period.user_id, dates) }));
}

export const weeksBefore = (period, weeks = 4) => ({ from: addDays(period.start, -7 * weeks), to: addDays(period.start, -1) });
