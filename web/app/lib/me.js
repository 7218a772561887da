import { computed, signal } from "../vendor/preact.js";
import { get } from "./api.js";

/** Who uses the app: GET /me. null until it is known. */
export const me = signal(null);
/** How much waits for one's decision: shown beside Approvals. */
export const waiting = signal(0);

export const may = (scope) => me.value?.scopes.includes(scope) ?? false;
export const approves = computed(() => may("approve:timesheets"));

export async function loadMe() { me.value = (await get("/me")).body; }
