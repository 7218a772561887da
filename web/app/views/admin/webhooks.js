import { html } from "../../vendor/preact.js";
import { all } from "../../lib/api.js";
import { t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";
import { Failure, Icon, Loading } from "../../lib/ui.js";
import { Head } from "./parts.js";
import { words } from "./deeds.js";
import { New, State } from "./webhook/fields.js";
import { One } from "./webhook/one.js";

/** Webhooks: addresses of other programs that are told of what is done here. */
export default ({ id }) => (id === "new" ? html`<${New} />` : id ? html`<${One} id=${id} key=${id} />` : html`<${Webhooks} />`);

function Webhooks() {
  const loaded = useLoad(() => all("/webhooks?limit=100")), list = loaded.value.value;
  return html`<${Head} title=${t("webhooks.title")}><a class="btn primary" href="/app/admin/webhooks/new"><${Icon} name="plus" />${t("webhooks.add")}</a><//>
    <p class="fine">${t("webhooks.about")}</p>
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !list ? html`<${Loading} />`
      : list.length === 0 ? html`<p class="empty">${t("webhooks.none")}</p>` : html`<${Table} list=${list} />`}`;
}

const Table = ({ list }) => html`<section class="card table-wrap"><table class="table stack">
  <thead><tr><th scope="col">${t("webhooks.url")}</th><th scope="col">${t("webhooks.events")}</th><th scope="col">${t("webhooks.state")}</th></tr></thead>
  <tbody>${list.map((w) => html`<tr key=${w.id}><td><a class="id" href="/app/admin/webhooks/${encodeURIComponent(w.id)}"><bdi>${w.url}</bdi></a>${w.description && html`<span class="second"><bdi>${w.description}</bdi></span>`}</td>
    <td data-of=${t("webhooks.events")}>${w.events.map(words).join(", ")}</td><td><${State} of=${w} /></td></tr>`)}</tbody></table></section>`;
