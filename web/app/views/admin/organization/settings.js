import { html } from "../../../vendor/preact.js";
import { get, patch } from "../../../lib/api.js";
import { useLoad } from "../../../lib/load.js";
import { day, t } from "../../../lib/i18n.js";
import { today } from "../../../lib/time.js";
import { useUnsaved } from "../../../lib/unsaved.js";
import { Failure, Icon, Loading } from "../../../lib/ui.js";
import { meanwhile, useFields } from "../bits.js";
import { Check, Field, Form } from "../parts.js";

/** Days of which it is known what they are: 2 March 2026 was a Monday. */
const firstDays = { monday: "2026-03-02", sunday: "2026-03-01", saturday: "2026-03-07" };
const nameOf = (weekday) => day(firstDays[weekday], { weekday: "long" });
const long = (date) => day(date, { dateStyle: "full" });
const inWords = ({ week_starts, period }) => t("organization.by-" + period, { day: nameOf(week_starts) });

const numbers = { submission_due_days: "organization.due", remind_every_days: "organization.remind", escalate_after_days: "organization.escalate" };
const names = { name: "organization.company", week_starts: "organization.week-starts", period: "organization.period", submit_on_create: "organization.submit-on-create", ...numbers };
const say = { week_starts: nameOf, period: (p) => t("organization.a-" + p) };

/** The organization as the form has it: numbers are texts. */
const fields = (o) => Object.fromEntries(Object.keys(names).map((k) => [k, k in numbers ? String(o[k]) : o[k]]));
const asked = (v) => Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k in numbers ? Number(x) : x]));

/** What holds for everybody. brief: only what one needs on the first day. */
export function Settings({ brief, changed }) {
  const loaded = useLoad(() => get("/organization", { cached: false }));
  return html`<section class="card pad"><h2>${t("organization.settings")}</h2>${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`
    : !loaded.value.value ? html`<${Loading} />` : html`<${Edit} loaded=${loaded} brief=${brief} changed=${changed} />`}</section>`;
}

function Edit({ loaded, brief, changed }) {
  const { etag, body: now } = loaded.value.value, { form, dirty } = useFields(fields(now)), v = form.value;
  useUnsaved(dirty);
  const reload = async () => { await loaded.reload(); return fields(loaded.value.value.body); };
  const send = () => meanwhile(async () => {
    form.value = { ...v, name: v.name.trim() };
    await patch("/organization", asked(form.value), { headers: { "If-Match": etag } });
    await reload();
    await changed?.();
  }, fields(now), reload, names, say);
  const of = (name, more) => html`<${Field} label=${t(names[name])} value=${v[name]} onInput=${(x) => { form.value = { ...form.value, [name]: x }; }} ...${more} />`;
  const number = (name) => of(name, { type: "number", min: 0, max: 28, required: true, inputmode: "numeric", hint: t(numbers[name] + "-hint") });
  return html`<${Form} act=${send} done=${t("people.saved")}>
    ${of("name", { required: true, maxlength: 200, autocomplete: "organization", hint: t("organization.company-hint") })}
    <div class="two-fields">${of("week_starts", { list: Object.keys(firstDays).map((d) => [d, nameOf(d)]) })}
      ${of("period", { list: ["week", "month"].map((p) => [p, t("organization.a-" + p)]) })}</div>
    <${Holds} now=${now} etag=${etag} v=${v} />
    ${!brief && html`<${Check} label=${t(names.submit_on_create)} hint=${t("organization.submit-on-create-hint")} checked=${v.submit_on_create} onChange=${(x) => { form.value = { ...form.value, submit_on_create: x }; }} />
      <fieldset class="plain-set"><legend>${t("organization.reminders")}</legend>${Object.keys(numbers).map(number)}</fieldset>`}<//>`;
}

/** From which day on another week or kind of period would hold, which the server is asked before it is done; or will. */
function Holds({ now, etag, v: { week_starts, period } }) {
  const other = week_starts !== now.week_starts || period !== now.period;
  const would = useLoad(async () => other && (await patch("/organization?validate_only=true", { week_starts, period }, { headers: { "If-Match": etag } })).body, [week_starts, period, etag]).value.value;
  const from = other ? would && would.calendar_from : now.calendar_from;
  const words = other ? would && (from ? t("organization.would-hold", { date: long(from) }) : t("organization.at-once"))
    : from > today() && t("organization.to-come", { date: long(from), now: inWords(now), before: inWords(now.calendar_before) });
  return html`<div role="status">${words && html`<p class="note"><${Icon} name="calendar" /><span>${words}</span></p>`}</div>`;
}
