import { computed, signal } from "../vendor/preact.js";

/** Where one is. Links stay plain <a href>; a click on one that leads into the app changes this instead of loading a page. */
export const url = signal(new URL(location.href));

const sync = () => { url.value = new URL(location.href); };
/** Who has something to lose is asked before another page is shown: ask(on) is true where it holds that back, and on() does it. */
let ask = () => false;
export const asking = (asks) => { ask = asks; };
let passing = false;
addEventListener("popstate", () => {
  if (!passing && ask(() => { passing = true; history.back(); })) return history.pushState(null, "", url.value);
  passing = false;
  sync();
});
addEventListener("click", (e) => {
  const a = e.target.closest?.("a[href]");
  if (!a || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || a.target || a.hasAttribute("download")) return;
  if (a.origin !== location.origin || !a.pathname.startsWith("/app/")) return;
  e.preventDefault();
  if (!ask(() => go(a.href))) go(a.href);
});

export function go(href, { replace = false } = {}) {
  const from = location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", href);
  sync();
  if (location.pathname !== from && !replace) scrollTo(0, 0);
}

/** Changes parameters of the address: set({week: "2026-11-16", tab: undefined}). */
export function set(parameters, options) {
  const to = new URL(location.href);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null || value === "") to.searchParams.delete(name); else to.searchParams.set(name, value);
  }
  go(to.href, options);
}

/** routes: [["/app/admin/:page?", view]]. A signal of {view, params}; the view is undefined where nothing is. */
export function routed(routes) {
  const patterns = routes.map(([pathname, view]) => [pattern(pathname), view]);
  return computed(() => {
    for (const [regexp, view] of patterns) {
      const found = regexp.exec(url.value.pathname);
      if (found) return { view, params: { ...found.groups } };
    }
    return { params: {} };
  });
}

const pattern = (pathname) => new RegExp(`^${pathname.replace(/\/:(\w+)(\??)/g, (_, name, maybe) => maybe ? `(?:/(?<${name}>[^/]+))?` : `/(?<${name}>[^/]+)`)}/?$`);
