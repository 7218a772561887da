import { html, useSignal } from "../../vendor/preact.js";
import { day, t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";
import { Failure, Icon, Loading, say } from "../../lib/ui.js";
import { AskDialog, DeleteDialog } from "./bits.js";
import { Field, Head, manage } from "./parts.js";

const state = (k) => (k.current ? "current" : k.next ? "next" : "previous");
const chip = { current: "approved", next: "submitted", previous: "draft" };

/** The keys that tokens are signed with, as they are published. */
export default function Keys() {
  const loaded = useLoad(async () => (await manage.get("keys/signing")).body), open = useSignal(null), alg = useSignal(""), close = () => { open.value = null; }, list = loaded.value.value;
  const rotate = async () => { await manage.post("keys/signing/rotate", { alg: alg.value }); say(t("keys.rotated")); close(); await loaded.reload(); };
  const revoke = async () => { await manage.put(`keys/signing/${encodeURIComponent(open.value.kid)}/revoke`, {}); say(t("keys.was-revoked")); close(); await loaded.reload(); };
  const algs = [...new Set(list?.map((k) => k.alg))];
  return html`<${Head} title=${t("keys.title")}><button class="btn primary" disabled=${!list} onClick=${() => { alg.value = algs[0]; open.value = "rotate"; }}>${t("keys.rotate")}</button><//>
    <p class="fine">${t("keys.about")}</p>
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !list ? html`<${Loading} />` : html`<${Table} list=${list} revoke=${(k) => { open.value = k; }} />`}
    ${open.value === "rotate" && html`<${AskDialog} title=${t("keys.rotate")} button=${t("keys.rotate-now")} act=${rotate} close=${close}><p>${t("keys.rotate-detail")}</p>
      <${Field} label=${t("keys.alg")} value=${alg.value} list=${algs.map((a) => [a, a])} onInput=${(v) => { alg.value = v; }} /><//>`}
    ${open.value?.kid && html`<${DeleteDialog} title=${t("keys.revoke")} detail=${t("keys.revoke-detail")} name=${open.value.kid} act=${revoke} close=${close} />`}`;
}

const Table = ({ list, revoke }) => html`<section class="card table-wrap"><table class="table stack">
  <thead><tr><th scope="col">${t("keys.key")}</th><th scope="col">${t("keys.state")}</th><th scope="col">${t("keys.since")}</th><th scope="col"><span class="sr">${t("grants.acts")}</span></th></tr></thead>
  <tbody>${list.map((k) => html`<tr key=${k.kid}><td><b>${k.alg}</b> <span class="second id">${k.kid}</span></td>
    <td><span class="chip" data-s=${chip[state(k)]}>${t("keys.states." + state(k))}</span><span class="second">${t("keys.state-detail." + state(k))}</span></td>
    <td data-of=${t("keys.since")}>${day(k.current_since, { dateStyle: "medium", timeStyle: "short" })}<span class="second">${age(k.current_since)}</span></td>
    <td class="end"><button class="btn bad" aria-label=${t("keys.revoke-of", { kid: k.kid })} onClick=${() => revoke(k)}>${t("keys.revoke")}</button></td></tr>`)}</tbody></table></section>`;

const age = (since) => { const days = Math.floor((Date.now() - new Date(since)) / 86_400_000); return days >= 0 ? t("keys.days", { n: days }) : ""; };
