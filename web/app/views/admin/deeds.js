import { has, t } from "../../lib/i18n.js";

/** All that is noted and told to webhooks (timesheets/deeds.go), by what it is done to. */
export const deeds = {
  timesheet: ["created", "updated", "deleted", "restored", "submitted", "withdrawn", "approved", "rejected"],
  period: ["submitted", "withdrawn", "approved", "rejected", "reminded", "reopened", "reopening_requested"],
  absence: ["created", "deleted"],
  project: ["created", "updated", "deleted", "member_added", "member_removed"],
  person: ["updated", "erased"],
  expected_hours: ["updated"],
  holiday: ["created", "deleted", "imported"],
  delegation: ["created", "ended"],
  organization: ["updated"],
  lock_date: ["set"],
  notification_settings: ["updated"],
  webhook: ["created", "updated", "deleted", "disabled", "secret_rotated"],
};

/** "timesheet.created" -> ["timesheet.created", …], of the noun. */
export const of = (noun) => deeds[noun].map((what) => `${noun}.${what}`);

/** What an action, or a pattern for some ("timesheet.*", "*"), stands for. What a newer server names is shown as it is. */
export function words(action) {
  const key = action === "*" ? "audit.everything" : action.endsWith(".*") ? `audit.nouns.${action.slice(0, -2)}` : `audit.actions.${action}`;
  return has(key) ? t(key) : action;
}

/** Who did something, or whose it is: a person's name, the organization, the server itself, or an id as it is. */
const others = ["organization", "provisioning", "command"];
export const who = (id, names) => names.get(id) ?? (others.includes(id) ? t("audit." + id) : id);
