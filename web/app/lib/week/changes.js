import { signal } from "../../vendor/preact.js";
import { get } from "../api.js";
import { cellKey, rowKey } from "./entries.js";

/** What cells that changed since the submission had in it: "date|row" -> minutes, 0 where there was nothing. */
export const before = signal(new Map());
let asked = 0;

/** Asks anew, for a period that was sent back; nothing is marked of any other. */
export async function markChanges(period) {
  const number = ++asked;
  if (period?.state !== "rejected" || !period.submission) { before.value = new Map(); return; }
  const { added, changed, removed } = (await get(`/periods/${period.id}/diff`)).body, found = new Map();
  const had = (line, minutes) => { const key = cellKey(rowKey(line), line.date); found.set(key, (found.get(key) ?? 0) + minutes); };
  for (const line of added) had(line, 0);
  for (const line of [...removed, ...changed.map((c) => c.before)]) had(line, line.minutes);
  if (number === asked) before.value = found;
}
