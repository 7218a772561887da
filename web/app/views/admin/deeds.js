import { get } from "../../lib/api.js";
import { has, t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";

/** All that is noted and told to webhooks, by what it is done to: value is a signal of Map("timesheet" -> ["timesheet.created", …]). */
export const useEvents = () => useLoad(async () => {
  const found = new Map();
  for (const { name } of (await get("/webhook-events")).body) {
    const noun = name.split(".")[0];
    found.set(noun, [...found.get(noun) ?? [], name]);
  }
  return found;
});

/** What an action, or a pattern for some ("timesheet.*", "*"), stands for. What a newer server names is shown as it is. */
export function words(action) {
  const key = action === "*" ? "audit.everything" : action.endsWith(".*") ? `audit.nouns.${action.slice(0, -2)}` : `audit.actions.${action}`;
  return has(key) ? t(key) : action;
}

/** Who did something, or whose it is: a person's name, the organization, the server itself, or an id as it is. */
const others = ["organization", "provisioning", "command"];
export const who = (id, names) => names.get(id) ?? (others.includes(id) ? t("audit." + id) : id);
