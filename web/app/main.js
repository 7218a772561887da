import { html, render, signal, useEffect, useRef, useSignal } from "./vendor/preact.js";
import { go, routed, url } from "./lib/router.js";
import { callback, signIn, signedIn, SignedOut } from "./lib/session.js";
import { put } from "./lib/api.js";
import { approves, loadMe, me, waiting } from "./lib/me.js";
import { restore, resume } from "./lib/outbox.js";
import { unread, watchInbox } from "./lib/inbox.js";
import { chooseLanguage, language, loadLanguage, loadMoreWords, t, wordless } from "./lib/i18n.js";
import { leaving, loadDialog, OutboxFrame, Unsent } from "./lib/unsent.js";
import { keepShell } from "./lib/worker.js";
import { explain, Failure, Icon, initials, Leaving, Loading, say, sheet, Toast } from "./lib/ui.js";

/** What all views but the week share, beside its words. */
const sheets = ["admin", "approvals", "people", "reports"];

/** A view is loaded when it is first looked at: view(parameters) is a component. */
function lazy(path) {
  const loaded = signal(null), failed = signal(null), first = path === "week";
  const load = () => Promise.all([import(`./views/${path}.js`), ...(first ? [] : [loadMoreWords(), ...sheets.map(sheet)])]).then(([m]) => { loaded.value = m.default; }, (e) => { failed.value = e; });
  let begun;
  return (parameters) => {
    begun ??= load();
    if (failed.value) return html`<${Failure} error=${failed.value} retry=${() => location.reload()} />`;
    return loaded.value ? html`<${loaded.value} ...${parameters} />` : html`<${Loading} />`;
  };
}

const week = lazy("week"), approvals = lazy("approvals"), reports = lazy("reports"), admin = lazy("admin"), notifications = lazy("notifications");
/** Mails lead to a period: its owner sees the week, who decides sees the sheet. */
const period = ({ id }) => (approves.value && !id.endsWith(`_${me.value.id}`) ? approvals({ id }) : week({ id }));
const here = routed([
  ["/app", week], ["/app/week/:date", week], ["/app/periods/:id", period],
  ["/app/approvals", approvals], ["/app/approvals/:id", approvals],
  ["/app/reports", reports], ["/app/reports/:page", reports],
  ["/app/notifications", notifications],
  ["/app/admin", admin], ["/app/admin/:page", admin], ["/app/admin/:page/:id", admin],
]);

const nav = () => [
  ["/app/", "week", t("app.week")],
  approves.value && ["/app/approvals", "inbox", t("app.approvals"), waiting.value],
  ["/app/reports", "chart", t("app.reports")],
  me.value.admin && ["/app/admin", "gear", t("app.admin")],
].filter(Boolean);

const current = (href) => (href === "/app/" ? /^\/app\/(week\/|periods\/|$)/.test(url.value.pathname) : url.value.pathname.startsWith(href));

function Bar() {
  return html`<header class="bar"><div>
    <a class="brand" href="/app/"><span class="mark" aria-hidden="true" />Punchcard</a>
    <nav class="nav" aria-label=${t("app.main")}>${nav().map(([href, icon, text, n]) => html`<a key=${href} href=${href} aria-current=${current(href) ? "page" : undefined}>
      <${Icon} name=${icon} /><span>${text}</span>${n > 0 && html`<b class="count num">${n}</b>`}</a>`)}</nav>
    <${Unsent} /><a class="bell" href="/app/notifications" aria-current=${current("/app/notifications") ? "page" : undefined} aria-label=${t("notifications.bell", { n: unread.value })}>
      <${Icon} name="bell" />${unread.value > 0 && html`<b class="count num">${unread.value > 99 ? "99+" : unread.value}</b>`}</a>
    <${AccountMenu} />
  </div></header>`;
}

function AccountMenu() {
  return html`<div class="menu"><button class="avatar" popovertarget="account-menu" aria-label=${`${initials(me.value.name)}, ${t("app.account-of", { name: me.value.name })}`}>${initials(me.value.name)}</button>
    <div id="account-menu" popover class="card menu-list">
      <p><b><bdi>${me.value.name}</bdi></b><span>${me.value.email}</span></p>
      <a href="/account">${t("app.account")}</a>
      <a href="/account/apps">${t("app.apps")}</a>
      <div class="languages" role="group" aria-label=${t("app.language")}>${document.getElementById("app").dataset.languages.split(" ").map((tag) => html`<button key=${tag}
        lang=${tag} aria-pressed=${String(tag === language.value)} onClick=${() => choose(tag)}>${new Intl.DisplayNames([tag], { type: "language" }).of(tag)}</button>`)}</div>
      <button onClick=${() => leaving(leave)}><${Icon} name="out" />${t("app.sign-out")}</button>
    </div></div>`;
}

const choose = (tag) => chooseLanguage(tag).then(() => put("/me/language", { language: tag }).catch(() => {}), // else mails follow at the next sign-in
  (e) => say(explain(e)));
const leave = async () => (await import("./lib/session.js")).signOut();

/**
 * What was typed stays where it is: this lies over it, without taking the keys from who still types. What an open dialog holds would be
 * lost with the page, so then the sign-in is offered beside it.
 */
function SignInAgain() {
  const ref = useRef(), beside = Boolean(document.querySelector("dialog:modal:not(.again)"));
  const raise = () => { if (document.querySelector("dialog:modal")) ref.current.showModal(); else ref.current.open = true; };
  useEffect(raise, []);
  return html`<dialog ref=${ref} class="again card" role="alertdialog" aria-labelledby="again-title" aria-describedby="again-detail" onCancel=${(e) => e.preventDefault()} onClose=${raise}>
    <h2 id="again-title">${t("app.signed-out")}</h2><p id="again-detail">${t(beside ? "app.signed-out-beside" : "app.signed-out-detail")}</p>
    <div class="acts">${beside && html`<button class="btn primary" onClick=${() => open("/app/", "_blank", "noopener")}>${t("app.sign-in-beside")}</button>`}
      <button class=${beside ? "btn quiet" : "btn primary"} onClick=${() => signIn()}>${t(beside ? "app.sign-in-here" : "app.sign-in")}</button></div></dialog>`;
}

function App() {
  const { view, params } = here.value;
  const at = url.value.href, first = useRef(at);
  useEffect(() => { // whose link is gone with the page goes on at the top of the new one
    const timer = at !== first.current && setTimeout(() => document.activeElement === document.body && document.getElementById("main").focus({ preventScroll: true }), 150);
    return () => clearTimeout(timer);
  }, [at]);
  useEffect(() => { document.title = `${nav().find(([href]) => current(href))?.[2] ?? "Punchcard"} · Punchcard`; });
  return html`<a class="skip" href="#main">${t("app.skip")}</a><${Bar} />
    <${OutboxFrame} /><main id="main" tabindex="-1">${view ? html`<${view} ...${params} key=${view} />` : html`<div class="page empty"><h1>${t("app.nothing-here")}</h1><p><a class="btn" href="/app/">${t("app.to-week")}</a></p></div>`}</main>
    <${Leaving} />${!signedIn.value && html`<${SignInAgain} />`}<${Toast} />`;
}

/** Nothing can be said in the catalogue's words without the catalogue. */
function Wordless() {
  const { lang, Text, Retry } = wordless(), busy = useSignal(false), again = async () => { busy.value = true; await start(); busy.value = false; };
  return html`<main class="failed" lang=${lang}><h1>Punchcard</h1><div class="alert" role="alert"><${Icon} name="alert" /><span>${Text}</span>
    <button class="btn" disabled=${busy.value} onClick=${again}>${Retry}</button></div></main>`;
}

async function start() {
  const root = document.getElementById("app");
  try { await loadLanguage(); } catch (e) {
    console.warn(e);
    return render(html`<${Wordless} />`, root);
  }
  try {
    if (location.pathname === "/app/callback") go(await callback(), { replace: true });
    await loadMe();
    await restore();
  } catch (e) {
    if (e instanceof SignedOut) return signIn({ returnTo: location.pathname === "/app/callback" ? "/app/" : undefined });
    console.warn(e);
    return render(html`<main class="failed"><h1>Punchcard</h1><${Failure} error=${e} retry=${() => location.assign("/app/")} /></main>`, root);
  }
  render(html`<${App} />`, root);
  performance.mark("rendered");
  watchInbox();
  resume();
  keepShell();
  loadDialog().catch(() => {}); // again when it is needed
}
start();
