import { html, signal, useLayoutEffect, useMemo } from "../vendor/preact.js";
import { t } from "./i18n.js";
import { asking } from "./router.js";
import { Dialog } from "./ui.js";

/** Forms that are shown, each with whether it holds something that isn't saved. What would lead away from one that does asks first. */
const forms = new Set(), onward = signal(null); // onward: does what was asked about

/** A form says whether it holds something that isn't saved: useUnsaved(name.value !== saved.name). It counts at once, before anything is painted. */
export function useUnsaved(dirty) {
  const form = useMemo(() => ({}), []);
  form.dirty = dirty;
  useLayoutEffect(() => { forms.add(form); return () => forms.delete(form); }, []);
}

const unsaved = () => [...forms].some((form) => form.dirty);
const stay = () => { onward.value = null; };
const leave = () => { const on = onward.value; stay(); on(); };

/** Asks whether what isn't saved may be left behind. */
export const Leaving = () => onward.value && html`<${Dialog} title=${t("admin.unsaved")} close=${stay}><p>${t("admin.unsaved-detail")}</p>
  <div class="form-foot"><button type="button" class="btn bad" onClick=${leave}>${t("admin.discard")}</button>
    <button type="button" class="btn primary" onClick=${stay}>${t("admin.stay")}</button></div><//>`;

asking((on) => {
  if (!unsaved()) return false;
  onward.value = on;
  return true;
});
addEventListener("beforeunload", (e) => { if (unsaved()) e.preventDefault(); });
