import { computed, html, signal, useEffect } from "../vendor/preact.js";
import { t } from "./i18n.js";
import { held, refused, waiting } from "./outbox.js";
import { asOf } from "./reads.js";
import { day } from "./i18n.js";
import { explain, Icon, say } from "./ui.js";

/** What is not at the server yet, wherever one is in the app. */
const open = signal(null), dialog = signal(null); // open: null, "list" or a function that leaves the app
const count = computed(() => waiting.value.length + refused.value.length);
/** On its way takes a moment; only what stays is worth a word. */
const stays = computed(() => refused.value.length > 0 || (held.value !== null && waiting.value.length > 0));

/** Whoever signs out while something waits is asked first. */
export function leaving(leave) {
  if (count.value) show(() => leave); else leave();
}
function show(how) {
  open.value = how ? how() : "list";
  if (!dialog.value) loadDialog().catch((e) => { open.value = null; say(explain(e)); });
}

/** Whoever needs the dialog may have no network then: it is loaded once the page is shown. */
export const loadDialog = () => import("../views/outbox.js").then((m) => { dialog.value = m.default; });

/** "3 not sent", with why beside it for those who listen. Nothing while all is sent. */
export const Unsent = ({ short }) => stays.value && html`<button class=${`unsent${refused.value.length ? " bad" : ""}`} onClick=${() => show()}>
  <${Icon} name=${refused.value.length ? "alert" : "cloud"} /><span>${t("outbox.count", { n: count.value })}</span>
  ${!short && html`<span class="why">${reason()}</span>`}</button>`;

export function reason() {
  if (refused.value.length) return t("outbox.decide", { n: refused.value.length });
  return held.value ? t(`outbox.${held.value.reason}`) : t("outbox.sending");
}

/** Says, above what is shown, from when it is; and holds the dialog. */
export function OutboxFrame() {
  useEffect(() => {
    const ask = (e) => { if (waiting.value.length && !held.value) e.preventDefault(); }; // a moment more and it is sent
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);
  const at = asOf.value && new Date(asOf.value).toISOString();
  return html`<div role="status" class="as-of">${at && html`<p><${Icon} name="cloud" />${t("outbox.as-of", { when: day(at, { weekday: "short", hour: "numeric", minute: "2-digit" }) })}</p>`}</div>
    ${open.value && dialog.value && html`<${dialog.value} leave=${open.value === "list" ? undefined : open.value} close=${() => { open.value = null; }} />`}`;
}
