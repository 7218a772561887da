import { signal } from "../../vendor/preact.js";
import { get } from "../api.js";
import { day as inWords, t } from "../i18n.js";
import { shown } from "./shown.js";

const names = signal(new Map()), asked = new Set();

/** The name of a person, once it is known. */
export function nameOf(id) {
  if (!id) return "";
  if (!asked.has(id)) {
    asked.add(id);
    get(`/people/${encodeURIComponent(id)}`).then((a) => { names.value = new Map(names.value).set(id, a.body.name); }, () => {});
  }
  return names.value.get(id) ?? t("week.somebody");
}

const date = (at) => inWords(at, { day: "numeric", month: "long" });
const either = (names) => new Intl.ListFormat(document.documentElement.lang, { type: "disjunction" }).format(names);
const list = (ids) => either([...ids.map(nameOf), t("week.an-administrator")]);

/** Why nothing of a period can be changed and who can help, or null. */
export function lockOfPeriod(period) {
  if (!period?.locked_reason) return null;
  if (period.state === "submitted") {
    const who = period.approvers.map(nameOf).join(", ");
    return t(who ? "week.locked-submitted" : "week.locked-submitted-nobody", { date: date(period.submission.submitted_at), who });
  }
  if (period.state === "approved" && period.last_decision) {
    return t("week.locked-approved", { who: nameOf(period.last_decision.by), date: date(period.last_decision.at), helpers: list(period.approvers) });
  }
  return t("week.locked-by-lines", { helpers: list(period.approvers) });
}

export const periodOf = (date) => shown.value.periods.find((p) => p.start <= date && date <= p.end);

/** Why a cell takes no time, or null. */
export function lockOf(day, entries, project) {
  if (day.closed) return t("week.locked-closed", { reason: day.closed.replace(/\.\s*$/, "") });
  const of = periodOf(day.date), period = lockOfPeriod(of), held = entries.find((e) => !e.allowed_actions.includes("update"));
  if (!entries.length) return period ?? (project.closed ? t("week.locked-project", { project: project.name }) : null);
  if (!held) return null;
  const approvers = of?.approvers ?? [];
  if (held.state === "approved" && (!period || of.state === "submitted")) return t("week.locked-line-approved", { who: nameOf(held.approved_by), helpers: list(approvers) });
  return period ?? t("week.locked-line", { who: approvers.length ? either(approvers.map(nameOf)) : t("week.an-administrator") });
}
