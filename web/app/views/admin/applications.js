import { html, useSignal } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";
import { url } from "../../lib/router.js";
import { Failure, Icon, Loading } from "../../lib/ui.js";
import { every } from "./bits.js";
import { Field, Head } from "./parts.js";
import { New } from "./application/new.js";
import { One } from "./application/one.js";

/** Applications: a list to search, a way to make one, and a page for each. */
export default function Applications({ id }) {
  if (id) return html`<${One} id=${id} key=${id} />`;
  return url.value.searchParams.has("new") ? html`<${New} />` : html`<${List} />`;
}

function List() {
  const loaded = useLoad(() => every("clients")), q = useSignal(""), list = loaded.value.value;
  const found = list?.filter((c) => [c.name, c.client_id, c.description].some((text) => text.toLowerCase().includes(q.value.trim().toLowerCase())));
  return html`<${Head} title=${t("apps.title")}><a class="btn primary" href="/app/admin/applications?new=1"><${Icon} name="plus" />${t("apps.add")}</a><//>
    <p class="fine">${t("apps.about")}</p>
    <div class="filters"><${Field} label=${t("apps.search")} type="search" value=${q.value} onInput=${(v) => { q.value = v; }} /></div>
    ${loaded.error.value ? html`<${Failure} error=${loaded.error.value} retry=${loaded.reload} />` : !list ? html`<${Loading} />`
      : found.length === 0 ? html`<p class="empty" role="status">${t("apps.none")}</p>` : html`<${Table} list=${found} />`}`;
}

const Table = ({ list }) => html`<section class="card table-wrap"><table class="table stack">
  <thead><tr><th scope="col">${t("apps.name")}</th><th scope="col">${t("apps.type")}</th><th scope="col">client_id</th><th scope="col">${t("apps.state")}</th></tr></thead>
  <tbody>${list.map((c) => html`<tr key=${c.client_id}><td><a href="/app/admin/applications/${encodeURIComponent(c.client_id)}"><bdi>${c.name}</bdi></a></td>
    <td data-of=${t("apps.type")}>${t("apps.types." + c.app_type)}</td><td data-of="client_id"><span class="id">${c.client_id}</span></td>
    <td>${c.client_id === "punchcard" ? html`<span class="fine">${t("apps.own")}</span>` : c.disabled ? html`<span class="chip" data-s="rejected">${t("apps.disabled")}</span>` : t("apps.active")}</td></tr>`)}</tbody></table></section>`;
