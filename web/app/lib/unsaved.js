import { useEffect } from "../vendor/preact.js";
import { t } from "./i18n.js";

/** Forms with something in them that isn't saved. Whatever would lead away from one asks first. */
const forms = new Set();
let here = location.href;

/** A form says whether it holds something that isn't saved: useUnsaved(name.value !== saved.name). */
export function useUnsaved(dirty) {
  useEffect(() => {
    if (!dirty) return;
    const form = {};
    forms.add(form);
    here = location.href;
    return () => forms.delete(form);
  }, [dirty]);
}

const mayLeave = () => forms.size === 0 || confirm(t("admin.unsaved"));

addEventListener("beforeunload", (e) => { if (forms.size > 0) e.preventDefault(); });
addEventListener("click", (e) => { // before the router has it
  const a = e.target.closest?.("a[href]");
  if (!a || a.target || a.hasAttribute("download") || a.origin !== location.origin || e.ctrlKey || e.metaKey || e.shiftKey) return;
  if (a.pathname.startsWith("/app/") && !mayLeave()) { e.preventDefault(); e.stopImmediatePropagation(); }
}, true);
addEventListener("popstate", (e) => {
  if (forms.size === 0 || mayLeave()) return;
  e.stopImmediatePropagation();
  history.pushState(null, "", here);
}, true);
