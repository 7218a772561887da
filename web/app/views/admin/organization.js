import { html, useEffect, useSignal } from "../../vendor/preact.js";
import { get, put } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { day, t } from "../../lib/i18n.js";
import { today } from "../../lib/time.js";
import { Failure, Icon } from "../../lib/ui.js";
import { Field, Form, Head } from "./parts.js";
import { Absences, Holidays } from "./holidays.js";
import Hours from "./hours.js";

/** What holds for everybody: the lock date, expected hours and holidays. */
export default () => html`<${Head} title=${t("organization.title")} /><div class="cards"><${LockDate} /><${Hours} path="/expected-hours" title=${t("organization.hours")} none=${t("organization.no-hours")} /><${Holidays} /><${Absences} /></div>`;

function LockDate() {
  const loaded = useLoad(() => get("/lock-date")), until = useSignal(""), reason = useSignal(""), lock = loaded.value.value?.body;
  useEffect(() => { if (lock) { until.value = lock.until ?? ""; reason.value = ""; } }, [lock]);
  const send = async (to) => {
    await put("/lock-date", { until: to || null, reason: reason.value }, loaded.value.value.etag ? { headers: { "If-Match": loaded.value.value.etag } } : {});
    await loaded.reload();
  };
  return html`<section class="card pad"><h2>${t("organization.lock")}</h2><p class="fine">${t("organization.lock-hint")}</p>
    ${loaded.error.value && html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`}
    ${lock && html`<p>${lock.until ? html`<${Icon} name="lock" /> ${t("organization.locked-until", { date: day(lock.until, { dateStyle: "long" }) })} <span class="fine">${lock.reason}</span>` : t("organization.not-locked")}</p>
      <${Form} act=${() => send(until.value)} done=${t("people.saved")}><${Field} label=${t("organization.until")} type="date" value=${until.value} max=${today()} onInput=${(v) => { until.value = v; }} hint=${t("organization.until-hint")} />
      <${Field} label=${t("organization.reason")} value=${reason.value} onInput=${(v) => { reason.value = v; }} required maxlength="200" hint=${t("organization.reason-hint")} /><//>`}</section>`;
}
