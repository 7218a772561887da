import { html, useEffect, signal } from "../vendor/preact.js";
import { get } from "../lib/api.js";
import { SignedOut, signIn } from "../lib/session.js";
import { t } from "../lib/i18n.js";
import { Failure, Loading } from "../lib/ui.js";

const page = signal(null), error = signal(null);
export default function Admin({ page: name = "people", id }) {
  useEffect(() => { (async () => {
    try { await get("/api/v2/users?per_page=1", { api: "management" }); page.value = { name, view: (await import(`./admin/${name}.js`)).default }; }
    catch (e) { if (e instanceof SignedOut) return signIn({ api: "management" }); error.value = e; }
  })(); }, [name]);
  return html`<div class="page">${error.value ? html`<${Failure} error=${error.value} />` : page.value?.name === name ? html`<${page.value.view} id=${id} />` : html`<${Loading} />`}</div>`;
}
