import { signal } from "../vendor/preact.js";
import { get } from "./api.js";
import { addDays, weekStart } from "./time.js";

/** What holds for everybody: GET /organization. null until it is known. */
export const organization = signal(null);

export async function loadOrganization() { organization.value = (await get("/organization")).body; }

const numbers = { sunday: 0, monday: 1, saturday: 6 };

/** The first and the last day of the week that a day is in. Where weeks begin to go otherwise, one is cut short. */
export function weekOf(date) {
  const { week_starts: now, calendar_from: from, calendar_before: before } = organization.value;
  const of = (starts) => { const first = weekStart(date, numbers[starts]); return [first, addDays(first, 6)]; };
  if (!from || before.week_starts === now) return of(now);
  const [first, last] = of(date < from ? before.week_starts : now);
  return date < from ? [first, last < from ? last : addDays(from, -1)] : [first < from ? from : first, last];
}
