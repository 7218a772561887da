import { signal, useLayoutEffect, useMemo } from "../vendor/preact.js";
import { asking } from "./router.js";

/** Forms that are shown, each with whether it holds something that isn't saved. What would lead away from one that does asks first. */
const forms = new Set();

/** What was asked about: onward.value() does it. Leaving in ui.js asks. */
export const onward = signal(null);

/** A form says whether it holds something that isn't saved: useUnsaved(name.value !== saved.name). It counts at once, before anything is painted. */
export function useUnsaved(dirty) {
  const form = useMemo(() => ({}), []);
  form.dirty = dirty;
  useLayoutEffect(() => { forms.add(form); return () => forms.delete(form); }, []);
}

const unsaved = (some) => [...some].some((form) => form.dirty);

/** True where on() has to wait for an answer. */
function held(on, some) {
  if (!unsaved(some)) return false;
  onward.value = on;
  return true;
}

/** Does what would lose what isn't saved, once that is all right. */
export const guarded = (on) => { if (!held(on, forms)) on(); };

/** What closes a dialog: it asks where one of its forms holds something. Those that were there before lie under it. */
export function useClosing(close) {
  const under = useMemo(() => new Set(forms), []);
  return () => { if (!held(close, [...forms].filter((form) => !under.has(form)))) close(); };
}

asking((on) => held(on, forms));
addEventListener("beforeunload", (e) => { if (unsaved(forms)) e.preventDefault(); });
