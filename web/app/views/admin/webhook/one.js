import { html, useEffect, useSignal } from "../../../vendor/preact.js";
import { del, get, patch, post } from "../../../lib/api.js";
import { day, t } from "../../../lib/i18n.js";
import { useLoad } from "../../../lib/load.js";
import { go } from "../../../lib/router.js";
import { useUnsaved } from "../../../lib/unsaved.js";
import { Failure, Icon, Loading, say } from "../../../lib/ui.js";
import { AskDialog, DeleteDialog, meanwhile, Secret, useFields } from "../bits.js";
import { attempt, Form, Head } from "../parts.js";
import { words } from "../deeds.js";
import { Deliveries } from "./deliveries.js";
import { Fields, fresh, State } from "./fields.js";

/** One webhook: what it is told, how that goes, and how it ends. */
export function One({ id }) {
  const path = "/webhooks/" + encodeURIComponent(id), loaded = useLoad(() => get(path), [id]), w = loaded.value.value?.body, tried = useSignal(0);
  useEffect(() => () => { fresh.value = null; }, [id]);
  if (loaded.error.value) return html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  if (!w) return html`<${Loading} />`;
  const ping = () => attempt(async () => { await post(path + "/ping", {}); tried.value++; }, t("webhooks.pinged"));
  return html`<${Head} title=${html`<bdi>${w.description || new URL(w.url).host}</bdi>`} back=${["/app/admin/webhooks", t("webhooks.title")]}>
      ${w.enabled && html`<button class="btn" onClick=${ping}><${Icon} name="send" />${t("webhooks.ping")}</button>`}<//>
    ${fresh.value?.id === id && html`<${Secret} value=${fresh.value.secret} title=${t("webhooks.secret")} detail=${t("webhooks.secret-once")} />`}
    <p class="standing"><${State} of=${w} /> ${!w.enabled ? t("webhooks.off-detail") : w.failing_since ? t("webhooks.failing-since", { date: day(w.failing_since, { dateStyle: "medium", timeStyle: "short" }) }) : t("webhooks.on-detail")}</p>
    <${Settings} loaded=${loaded} path=${path} />
    <${Deliveries} id=${id} enabled=${w.enabled} tried=${tried.value} told=${loaded.reload} key=${w.enabled} />
    <${Ends} w=${w} path=${path} changed=${loaded.reload} />`;
}

const part = ({ url, description, events }) => ({ url, description, events });
const names = { url: "webhooks.url", description: "webhooks.description", events: "webhooks.events" };

function Settings({ loaded, path }) {
  const { etag, body } = loaded.value.value, { form, dirty } = useFields(part(body));
  useUnsaved(dirty);
  const reload = async () => { await loaded.reload(); return part(loaded.value.value.body); };
  const act = () => meanwhile(async () => { await patch(path, form.value, { headers: { "If-Match": etag } }); await reload(); }, part(body), reload, names, { events: (list) => list.map(words).join(", ") });
  return html`<section class="card pad"><h2>${t("webhooks.settings")}</h2><${Form} act=${act} done=${t("people.saved")}><${Fields} form=${form} /><//></section>`;
}

/** What is done at once rather than by saving a form. */
function Ends({ w, path, changed }) {
  const open = useSignal(null), close = () => { open.value = null; };
  const turn = async () => { const { etag } = await get(path, { cached: false }); await patch(path, { enabled: !w.enabled }, { headers: { "If-Match": etag } }); close(); await changed(); };
  const rotate = async () => { const { body } = await post(path + "/secret", {}); fresh.value = { id: w.id, secret: body.secret }; close(); await changed(); scrollTo(0, 0); };
  const remove = async () => { await del(path); say(t("webhooks.deleted")); go("/app/admin/webhooks", { replace: true }); };
  return html`<section class="card pad danger"><h2>${t("webhooks.ends")}</h2>
    <div class="acts"><button class="btn" onClick=${() => { open.value = "rotate"; }}>${t("webhooks.rotate")}</button>
      ${w.enabled ? html`<button class="btn bad" onClick=${() => { open.value = "disable"; }}>${t("webhooks.disable")}</button>` : html`<button class="btn" onClick=${() => attempt(turn, t("webhooks.was-enabled"))}>${t("webhooks.enable")}</button>`}
      <button class="btn bad" onClick=${() => { open.value = "delete"; }}><${Icon} name="trash" />${t("webhooks.delete")}</button></div>
    ${open.value === "rotate" && html`<${AskDialog} title=${t("webhooks.rotate")} button=${t("webhooks.rotate-now")} act=${rotate} close=${close}><p>${t("webhooks.rotate-detail")}</p><//>`}
    ${open.value === "disable" && html`<${AskDialog} title=${t("webhooks.disable")} button=${t("webhooks.disable")} danger act=${turn} close=${close}><p>${t("webhooks.disable-detail")}</p><//>`}
    ${open.value === "delete" && html`<${DeleteDialog} title=${t("webhooks.delete")} detail=${t("webhooks.delete-detail")} name=${w.url} act=${remove} close=${close} />`}</section>`;
}
