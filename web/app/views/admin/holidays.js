import { html, useSignal } from "../../vendor/preact.js";
import { all, del, post } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { day, t } from "../../lib/i18n.js";
import { today } from "../../lib/time.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { Dialog, Failure, Icon, Loading } from "../../lib/ui.js";
import { attempt, Check, Field, Form } from "./parts.js";
import { Intake } from "./intake.js";

/** The holidays of a year, one by one or from a file. */
export function Holidays({ changed }) {
  const year = useSignal(today().slice(0, 4));
  const loaded = useLoad(() => all(`/holidays?from=${year.value}-01-01&to=${year.value}-12-31&limit=200`), [year.value]), list = loaded.value.value;
  const reload = async () => { await loaded.reload(); await changed?.(); };
  const date = useSignal(""), name = useSignal(""), region = useSignal(""), half = useSignal(false), taking = useSignal(false);
  useUnsaved(Boolean(name.value || date.value));
  const add = async () => { await post("/holidays", { date: date.value, name: name.value, region: region.value, half: half.value }); name.value = date.value = ""; half.value = false; await reload(); };
  const again = (h) => attempt(async () => { await post("/holidays", { date: h.date, name: h.name, region: h.region, half: h.half }); await reload(); });
  const remove = (h) => attempt(async () => { await del("/holidays/" + h.id); await reload(); }, t("organization.holiday-removed", { name: h.name }), { action: t("app.undo"), act: () => again(h) });
  return html`<section class="card pad"><div class="title-row"><h2>${t("organization.holidays")}</h2><button class="btn" onClick=${() => { taking.value = true; }}>${t("intake.file")}</button></div><${Field} label=${t("organization.year")} type="number" min="2000" max="2100" value=${year.value} onInput=${(v) => { if (/^\d{4}$/.test(v)) year.value = v; }} />
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !list ? html`<${Loading} />` : html`<ul class="plain">${list.length === 0 && html`<li class="fine">${t("organization.no-holidays")}</li>`}${list.map((h) => html`<li key=${h.id}>
      <span><b>${day(h.date, { dateStyle: "medium" })}</b> <bdi>${h.name}</bdi> ${h.half && html`<span class="fine">${t("organization.half")}</span>`} ${h.region && html`<span class="fine">${h.region}</span>`}</span>
      <button class="btn quiet only-icon" aria-label=${t("organization.remove-holiday", { name: h.name })} onClick=${() => remove(h)}><${Icon} name="x" /></button></li>`)}</ul>`}
    <${Form} act=${add} button=${t("organization.add-holiday")}><div class="two-fields"><${Field} label=${t("organization.date")} type="date" required value=${date.value} onInput=${(v) => { date.value = v; }} />
      <${Field} label=${t("organization.name")} required maxlength="100" value=${name.value} onInput=${(v) => { name.value = v; }} /></div>
      <${Field} label=${t("people.region")} value=${region.value} onInput=${(v) => { region.value = v; }} maxlength="50" hint=${t("organization.region-hint")} /><${Check} label=${t("organization.half")} checked=${half.value} onChange=${(v) => { half.value = v; }} /><//>
    ${taking.value && html`<${Dialog} title=${t("intake.holidays")} close=${() => { taking.value = false; }}><${HolidayFile} done=${reload} /><//>`}</section>`;
}

function HolidayFile({ done }) {
  const region = useSignal("");
  return html`<p class="fine">${t("intake.holidays-hint")}</p><${Intake} path="/holidays/import" options=${{ region: region.value }} done=${done}>
    <${Field} label=${t("people.region")} value=${region.value} onInput=${(v) => { region.value = v; }} maxlength="50" hint=${t("intake.region-hint")} /><//>`;
}

const kinds = ["vacation", "sick", "parental", "unpaid", "other"];

/** Everybody's absences come from a file; one's own are in the week, too. */
export function Absences() {
  const taking = useSignal(false);
  return html`<section class="card pad"><h2>${t("intake.absences-title")}</h2><p class="fine">${t("intake.absences-detail")}</p>
    <div class="acts"><button class="btn" onClick=${() => { taking.value = true; }}>${t("intake.file")}</button></div>
    ${taking.value && html`<${Dialog} title=${t("intake.absences")} close=${() => { taking.value = false; }}><${AbsenceFile} /><//>`}</section>`;
}

function AbsenceFile() {
  const user = useSignal(""), kind = useSignal(""), people = useLoad(() => all("/people?limit=200", { most: 2000 })), file = ["", t("intake.as-file")];
  return html`<p class="fine">${t("intake.absences-hint")}</p><${Intake} path="/absences/import" options=${{ user: user.value, kind: kind.value }}><div class="two-fields">
    <${Field} label=${t("intake.user")} value=${user.value} onInput=${(v) => { user.value = v; }} list=${[file, ...(people.value.value ?? []).map((p) => [p.id, p.name])]} />
    <${Field} label=${t("intake.kind")} value=${kind.value} onInput=${(v) => { kind.value = v; }} list=${[file, ...kinds.map((k) => [k, t("reports.kind." + k)])]} /></div><//>`;
}
