import { html, signal, useSignal } from "../../../vendor/preact.js";
import { post } from "../../../lib/api.js";
import { t } from "../../../lib/i18n.js";
import { go } from "../../../lib/router.js";
import { useUnsaved } from "../../../lib/unsaved.js";
import { Failure, Loading } from "../../../lib/ui.js";
import { useEvents, words } from "../deeds.js";
import { Check, Field, Form, Head } from "../parts.js";

/** The secret of the webhook that was just made or got another one, {id, secret}: the server shows it this once. */
export const fresh = signal(null);

const empty = { url: "", description: "", events: ["*"] };

export function New() {
  const form = useSignal(empty);
  useUnsaved(JSON.stringify(form.value) !== JSON.stringify(empty));
  const act = async () => {
    const made = (await post("/webhooks", form.value)).body;
    fresh.value = { id: made.id, secret: made.secret };
    go(`/app/admin/webhooks/${made.id}`, { replace: true });
  };
  return html`<${Head} title=${t("webhooks.add")} back=${["/app/admin/webhooks", t("webhooks.title")]} />
    <section class="card pad"><${Form} act=${act} button=${t("webhooks.add")}><${Fields} form=${form} /><//></section>`;
}

/** What a webhook is: form is a signal of {url, description, events}. */
export function Fields({ form }) {
  const put = (part) => { form.value = { ...form.value, ...part }; }, { url, description, events } = form.value;
  return html`<${Field} label=${t("webhooks.url")} hint=${t("webhooks.url-hint")} type="url" value=${url} onInput=${(v) => put({ url: v })} required maxlength="1000" autocomplete="off" spellcheck="false" placeholder="https://" />
    <${Field} label=${t("webhooks.description")} hint=${t("webhooks.description-hint")} value=${description} onInput=${(v) => put({ description: v })} maxlength="200" />
    <${Events} chosen=${events} onChange=${(list) => put({ events: list })} />`;
}

/** Everything, or what is chosen: all of a noun, or single ones of it. None would be everything to the server, so it isn't sent. */
function Events({ chosen, onChange }) {
  const known = useEvents(), nouns = known.value.value;
  const everything = chosen.includes("*"), radio = (all, next) => html`<label class="check"><input type="radio" name="events" required checked=${everything === all} onChange=${() => onChange(next)} /><span>${t(all ? "audit.everything" : "webhooks.some")}</span></label>`;
  return html`<fieldset class="plain-set"><legend>${t("webhooks.events")}</legend>${radio(true, ["*"])}${radio(false, ["timesheet.*", "period.*"])}
    ${!everything && (known.error.value ? html`<${Failure} error=${known.error.value} retry=${known.reload} />` : !nouns ? html`<${Loading} />` : html`<div class="nouns">${[...nouns].map(([noun, of]) => html`<${Noun} key=${noun} noun=${noun} of=${of} chosen=${chosen} onChange=${onChange} />`)}</div>`)}</fieldset>`;
}

function Noun({ noun, of, chosen, onChange }) {
  const all = chosen.includes(noun + ".*"), some = of.filter((one) => chosen.includes(one)).length;
  const turn = (one, on) => onChange(on ? [...chosen.filter((c) => one !== noun + ".*" || !c.startsWith(noun + ".")), one] : chosen.filter((c) => c !== one));
  return html`<details class="more"><summary><span>${words(noun + ".*")}</span><small class="fine">${all ? t("webhooks.all-of") : some > 0 ? t("webhooks.some-of", { n: some, total: of.length }) : t("webhooks.none-of")}</small></summary>
    <${Check} label=${t("webhooks.whole")} hint=${t("webhooks.whole-hint")} checked=${all} onChange=${(on) => turn(noun + ".*", on)} />
    ${!all && of.map((one) => html`<${Check} key=${one} label=${words(one)} hint=${html`<code>${one}</code>`} checked=${chosen.includes(one)} onChange=${(on) => turn(one, on)} />`)}</details>`;
}

/** Whether it is told, and whether it takes it. */
export const State = ({ of }) => html`<span class="chip" data-s=${!of.enabled ? "draft" : of.failing_since ? "rejected" : "approved"}>${t(!of.enabled ? "webhooks.off" : of.failing_since ? "webhooks.failing" : "webhooks.on")}</span>`;
