import { all, get, query } from "../api.js";
import { me } from "../me.js";
import { days, weekday } from "../time.js";

const names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
let hours, lock;

/** How much is expected, by one's own schedules and everybody's: asked once. */
const schedules = () => (hours ??= Promise.all([get(`/people/${me.value.id}/expected-hours`), get("/expected-hours")])
  .then((answers) => answers.map((a) => a.body.schedules)).catch((e) => { hours = undefined; throw e; }));
const lockDate = () => (lock ??= get("/lock-date").then((a) => a.body).catch((e) => { lock = undefined; throw e; }));

/** The days from one to another: [{date, expected, holiday: {name, half}, absence: {kind, half, minutes_per_day}, off, closed}]; closed is a lock's reason. */
export async function loadDays(from, to) {
  const [[own, everybodys], holidays, absences, { until, reason }] = await Promise.all([
    schedules(), all(query("/holidays", { from, to, limit: 200 })), all(query("/absences", { user_id: me.value.id, from, to, limit: 200 })), lockDate(),
  ]);
  const anyHours = own.length + everybodys.length > 0;
  return days(from, to).map((date) => {
    const whole = (lastFrom(own, date) ?? lastFrom(everybodys, date))?.[names[weekday(date)]] ?? 0;
    const free = holidays.filter((h) => h.date === date && (!h.region || h.region === me.value.region)).sort((a, b) => a.half - b.half);
    const away = absences.filter((a) => a.from <= date && date <= a.to);
    return {
      date, expected: expected(whole, free, away), holiday: free[0] ?? null, absence: away[0] ?? null,
      off: anyHours ? whole === 0 : [0, 6].includes(weekday(date)), closed: until && date <= until ? reason : null,
    };
  });
}

const lastFrom = (schedules, date) => schedules.findLast((s) => s.valid_from <= date)?.minutes;

/** What is left of a day's hours after holidays and absences; an odd minute is the person's. */
function expected(whole, holidays, absences) {
  const half = Math.ceil(whole / 2);
  if (holidays.some((h) => !h.half)) return 0;
  let left = holidays.length ? whole - half : whole;
  for (const a of absences) left -= a.minutes_per_day ?? (a.half ? half : whole);
  return Math.max(0, left);
}
