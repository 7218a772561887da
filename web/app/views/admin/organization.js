import { html, useSignal } from "../../vendor/preact.js";
import { get, put } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { day, t } from "../../lib/i18n.js";
import { today } from "../../lib/time.js";
import { Failure, Icon } from "../../lib/ui.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { meanwhile, useFields } from "./bits.js";
import { Field, Form, Head } from "./parts.js";
import { Absences, Holidays } from "./holidays.js";
import Hours from "./hours.js";
import { Settings } from "./organization/settings.js";

/** What holds for everybody: the settings, the lock date, expected hours and holidays. */
export default () => html`<${Head} title=${t("organization.title")} /><div class="cards"><${Settings} /><${LockDate} /><${Hours} path="/expected-hours" title=${t("organization.hours")} none=${t("organization.no-hours")} /><${Holidays} /><${Absences} /></div>`;

function LockDate() {
  const loaded = useLoad(() => get("/lock-date", { cached: false })), lock = loaded.value.value?.body;
  return html`<section class="card pad"><h2>${t("organization.lock")}</h2><p class="fine">${t("organization.lock-hint")}</p>
    ${loaded.error.value && html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`}
    ${lock && html`<p>${lock.until ? html`<${Icon} name="lock" /> ${t("organization.locked-until", { date: day(lock.until, { dateStyle: "long" }) })} <bdi class="fine">${lock.reason}</bdi>` : t("organization.not-locked")}</p><${NewLock} loaded=${loaded} />`}</section>`;
}

const part = ({ until }) => ({ until: until ?? "" }), names = { until: "organization.until" };
const say = { until: (date) => (date ? day(date, { dateStyle: "long" }) : t("organization.until-hint")) };

/** Each lock date has a reason of its own, so the field for it is empty. */
function NewLock({ loaded }) {
  const { etag, body: lock } = loaded.value.value, { form, dirty } = useFields(part(lock)), reason = useSignal("");
  useUnsaved(dirty || reason.value !== "");
  const reload = async () => { await loaded.reload(); return part(loaded.value.value.body); };
  const send = () => meanwhile(async () => {
    await put("/lock-date", { until: form.value.until || null, reason: reason.value }, { headers: { "If-Match": etag } });
    await reload();
    reason.value = "";
  }, part(lock), reload, names, say);
  return html`<${Form} act=${send} done=${t("people.saved")}><${Field} label=${t("organization.until")} type="date" value=${form.value.until} max=${today()} onInput=${(v) => { form.value = { until: v }; }} hint=${t("organization.until-hint")} />
    <${Field} label=${t("organization.reason")} value=${reason.value} onInput=${(v) => { reason.value = v; }} required maxlength="200" hint=${t("organization.reason-hint")} /><//>`;
}
