import { html, useSignal } from "../../vendor/preact.js";
import { get, put } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { day, t } from "../../lib/i18n.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { clock, format, parse, sum, today } from "../../lib/time.js";
import { Failure, Icon } from "../../lib/ui.js";
import { Field, Form } from "./parts.js";

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The weekday's name in the language in use: 2026-03-02 was a Monday. */
const nameOf = (i) => day(`2026-03-0${2 + i}`, { weekday: "short" });

/** Expected hours by weekday, from a day on: of a person, or of everybody. Those of the past stay as they were. */
export default function Hours({ path, title, none = t("people.no-hours"), changed }) {
  const loaded = useLoad(() => get(path), [path]);
  const schedules = loaded.value.value?.body.schedules;
  return html`<section class="card pad"><h2>${title}</h2>${loaded.error.value && html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`}
    ${schedules && html`<ul class="schedules">${schedules.length === 0 && html`<li class="fine">${none}</li>`}
      ${schedules.map((s) => html`<li key=${s.valid_from}><b>${s.valid_from <= "1970-01-01" ? t("people.ever") : t("people.from", { date: day(s.valid_from, { dateStyle: "medium" }) })}</b><span class="num">${weekdays.map((w, i) => `${nameOf(i)} ${clock(s.minutes[w] ?? 0)}`).join(" · ")}</span></li>`)}</ul>
      <${New} path=${path} schedules=${schedules} saved=${async () => { await loaded.reload(); await changed?.(); }} />`}</section>`;
}

function New({ path, schedules, saved }) {
  const last = schedules.at(-1)?.minutes ?? {}, open = useSignal(false), from = useSignal(today());
  const texts = useSignal(weekdays.map((w) => format(last[w] ?? 0))), first = useSignal(texts.value).value;
  useUnsaved(open.value && JSON.stringify(texts.value) !== JSON.stringify(first));
  const minutes = texts.value.map(parse), wrong = minutes.includes(null);
  const act = async () => {
    if (wrong) throw new Error(t("people.hours-wrong"));
    const added = { valid_from: from.value, minutes: Object.fromEntries(weekdays.map((w, i) => [w, minutes[i]])) };
    await put(path, { schedules: [...schedules.filter((s) => s.valid_from !== from.value), added].sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1)) });
    open.value = false;
    await saved();
  };
  if (!open.value) return html`<div class="acts"><button class="btn" onClick=${() => { open.value = true; }}><${Icon} name="plus" />${t("people.new-hours")}</button></div>`;
  return html`<${Form} act=${act} done=${t("people.saved")}><${Field} label=${t("people.valid-from")} type="date" value=${from.value} onInput=${(v) => { from.value = v; }} required />
    <div class="weekdays">${weekdays.map((w, i) => html`<${Field} key=${w} label=${nameOf(i)} value=${texts.value[i]} inputmode="decimal" wrong=${minutes[i] === null ? t("people.hours-how") : undefined} onInput=${(v) => { texts.value = texts.value.with(i, v); }} />`)}</div>
    <p class="fine num">${t("people.in-a-week", { hours: clock(sum(minutes.map((m) => m ?? 0))) })}</p><//>`;
}
