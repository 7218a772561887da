import { html, useEffect, useSignal } from "../vendor/preact.js";
import { has, t } from "../lib/i18n.js";
import { useLoad } from "../lib/load.js";
import { me } from "../lib/me.js";
import { lost, signIn, SignedOut, tokenFor } from "../lib/session.js";
import { Failure, Icon, Loading, phone } from "../lib/ui.js";

/** What administration consists of, [path, words, module in ./admin/] in groups [words, pages]. A module's default is shown with {id}. */
const pages = [
  ["admin.group-start", [["start", "start.short", "start"]]],
  ["admin.group-people", [["people", "people.title", "people"], ["roles", "people.roles", "roles"], ["projects", "projects.title", "projects"],
    ["organization", "organization.title", "organization"]]],
  ["admin.group-access", [["applications", "apps.title", "applications"], ["apis", "apis.title", "apis"], ["grants", "grants.title", "grants"],
    ["rules", "rules.title", "rules"], ["webhooks", "webhooks.title", "webhooks"]]],
  ["admin.group-watch", [["logs", "logs.title", "logs"], ["audit", "audit.title", "audit"], ["keys", "keys.title", "keys"], ["conformance", "conformance.title", "conformance"]]],
];
const every = pages.flatMap(([, list]) => list);

export default function Admin({ page, id }) {
  if (!me.value.admin) return html`<${Stranger} />`;
  return html`<${Entrance}><div class="admin">
    ${(!page || !phone.value) && html`<${Side} page=${page ?? "start"} />`}
    ${(page || !phone.value) && html`<div class="admin-page">
      ${phone.value && !id && html`<a class="btn quiet admin-all" href="/app/admin"><${Icon} name="left" />${t("admin.all")}</a>`}
      <${Page} page=${page ?? "start"} id=${id && decoded(id)} /></div>`}</div><//>`;
}

/** Ids are in the address as it writes them; one that nobody could have written is looked for as it stands. */
function decoded(id) {
  try { return decodeURIComponent(id); } catch { return id; }
}

/** Who isn't an administrator is told so, and where to go on. */
const Stranger = () => html`<div class="page stranger"><h1>${t("admin.not-for-you")}</h1><p>${t("admin.not-for-you-detail")}</p>
  <p><a class="btn primary" href="/app/">${t("admin.to-week")}</a></p></div>`;

const asked = "admin-asked"; // when the browser was sent for a token, so that it isn't sent in circles

/** Administration takes a token of its own. Who is signed in is sent for it, and comes straight back. */
function Entrance({ children }) {
  const token = useLoad(() => tokenFor("management").then(() => true)), error = token.error.value, out = error instanceof SignedOut;
  const again = out && Date.now() - Number(sessionStorage.getItem(asked)) < 60_000;
  useEffect(() => {
    if (token.value.value) sessionStorage.removeItem(asked);
    else if (out && !again) leave();
  }, [out, token.value.value]);
  if (again) return html`<div class="page"><div class="alert" role="alert"><${Icon} name="alert" /><span>${t("admin.no-token")}</span>
    <button class="btn" onClick=${leave}>${t("app.retry")}</button></div></div>`;
  if (error && !out) return html`<div class="page"><${Failure} error=${error} retry=${token.reload} /></div>`;
  if (!token.value.value) return html`<${Loading} />`;
  return html`${children}${lost.value === "management" && html`<${Lost} />`}`;
}

function leave() {
  sessionStorage.setItem(asked, Date.now());
  signIn({ api: "management" });
}

/** The token ended while a page was open: what is written there stays, to be copied, until one goes. */
const Lost = () => html`<div class="again card" role="alertdialog" aria-labelledby="lost-title"><h2 id="lost-title">${t("admin.lost")}</h2>
  <p>${t("admin.lost-detail")}</p><button class="btn primary" onClick=${leave}>${t("app.sign-in")}</button></div>`;

const Side = ({ page }) => html`<nav class="side" aria-label=${t("app.admin")}>${phone.value && html`<h1>${t("app.admin")}</h1>`}
  ${pages.map(([group, list]) => html`<section key=${group}><h2>${t(group)}</h2><ul class="card">${list.map(([path, words]) => html`<li key=${path}>
    <a href="/app/admin/${path}" aria-current=${!phone.value && path === page ? "page" : undefined}>${has(words) ? t(words) : path}<${Icon} name="right" /></a></li>`)}</ul></section>`)}</nav>`;

function Page({ page, id }) {
  const known = every.find(([path]) => path === page);
  return known ? html`<${Loaded} key=${page} name=${known[2]} id=${id} />` : html`<p class="empty">${t("app.nothing-here")}</p>`;
}

/** A page is loaded when it is first looked at. */
function Loaded({ name, id }) {
  const module = useLoad(() => import(`./admin/${name}.js`)), shown = useSignal(0);
  useEffect(() => { if (shown.value++) document.getElementById("main")?.focus({ preventScroll: true }); }, [id]);
  if (module.error.value) return html`<${Failure} error=${module.error.value} retry=${() => location.reload()} />`;
  return module.value.value ? html`<${module.value.value.default} id=${id} />` : html`<${Loading} />`;
}
