import { html, useEffect, useSignal } from "../../vendor/preact.js";
import { all, del, get, post, put } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { day, t } from "../../lib/i18n.js";
import { forFiles } from "../../lib/session.js";
import { today } from "../../lib/time.js";
import { Failure, Icon, Loading } from "../../lib/ui.js";
import { attempt, Check, Field, Form, Head } from "./parts.js";
import Hours from "./hours.js";

/** What holds for everybody: the lock date, expected hours, holidays, and whether the audit's chain is whole. */
export default () => html`<${Head} title=${t("organization.title")} /><div class="cards"><${LockDate} /><${Hours} path="/expected-hours" title=${t("organization.hours")} /><${Holidays} /><${AuditTrail} /></div>`;

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

function Holidays() {
  const year = useSignal(today().slice(0, 4));
  const loaded = useLoad(() => all(`/holidays?from=${year.value}-01-01&to=${year.value}-12-31&limit=200`), [year.value]), list = loaded.value.value;
  const date = useSignal(""), name = useSignal(""), region = useSignal(""), half = useSignal(false);
  const add = async () => { await post("/holidays", { date: date.value, name: name.value, region: region.value, half: half.value }); name.value = date.value = ""; half.value = false; await loaded.reload(); };
  return html`<section class="card pad"><h2>${t("organization.holidays")}</h2><${Field} label=${t("organization.year")} type="number" min="2000" max="2100" value=${year.value} onInput=${(v) => { if (/^\d{4}$/.test(v)) year.value = v; }} />
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !list ? html`<${Loading} />` : html`<ul class="plain">${list.length === 0 && html`<li class="fine">${t("organization.no-holidays")}</li>`}${list.map((h) => html`<li key=${h.id}>
      <span><b>${day(h.date, { dateStyle: "medium" })}</b> <bdi>${h.name}</bdi> ${h.half && html`<span class="fine">${t("organization.half")}</span>`} ${h.region && html`<span class="fine">${h.region}</span>`}</span>
      <button class="btn quiet only-icon" aria-label=${t("organization.remove-holiday", { name: h.name })} onClick=${() => attempt(async () => { await del("/holidays/" + h.id); await loaded.reload(); })}><${Icon} name="x" /></button></li>`)}</ul>`}
    <${Form} act=${add} button=${t("organization.add-holiday")}><div class="two-fields"><${Field} label=${t("organization.date")} type="date" required value=${date.value} onInput=${(v) => { date.value = v; }} />
      <${Field} label=${t("organization.name")} required maxlength="100" value=${name.value} onInput=${(v) => { name.value = v; }} /></div>
      <${Field} label=${t("people.region")} value=${region.value} onInput=${(v) => { region.value = v; }} maxlength="50" hint=${t("organization.region-hint")} /><${Check} label=${t("organization.half")} checked=${half.value} onChange=${(v) => { half.value = v; }} /><//></section>`;
}

function AuditTrail() {
  const found = useSignal(null);
  const verify = () => attempt(async () => { found.value = (await get("/audit/verification", { within: forFiles })).body; });
  return html`<section class="card pad"><h2>${t("organization.audit")}</h2><p class="fine">${t("organization.audit-hint")}</p><div class="acts"><button class="btn" onClick=${verify}>${t("organization.verify")}</button></div>
    ${found.value && html`<p class="alert ${found.value.ok ? "ok" : ""}" role="status"><${Icon} name=${found.value.ok ? "check" : "alert"} /><span>${found.value.ok ? t("organization.intact", { n: found.value.records }) : t("organization.broken")}</span></p>`}</section>`;
}
