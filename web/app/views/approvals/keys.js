import { useEffect, useRef } from "../../vendor/preact.js";

/** Whether a key is meant for what is written in, or for the browser. */
const elsewhere = (e) => e.ctrlKey || e.metaKey || e.altKey || e.target.closest?.("input:not([type=checkbox]), textarea, select");

/** J and K go through the list, X chooses; Enter opens, as on any link. */
export function useRowKeys(active) {
  useEffect(() => {
    if (!active) return undefined;
    const keys = (e) => {
      if (elsewhere(e)) return;
      const links = [...document.querySelectorAll(".ap-row .who a")], row = document.activeElement?.closest(".ap-row"), key = e.key.toLowerCase();
      const here = links.findIndex((a) => row?.contains(a));
      if (key === "j" || key === "k") links[key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0)]?.focus();
      else if (key === "x") row?.querySelector("input")?.click();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [active]);
}

/** Keys work wherever nothing is typed. The last handlers hold, so that they see what is shown now. */
export function usePanelKeys(handlers) {
  const now = useRef();
  now.current = handlers;
  useEffect(() => {
    const keys = (e) => {
      const act = !e.repeat && !elsewhere(e) && now.current[e.key.toLowerCase()];
      if (!act) return;
      e.preventDefault();
      act();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
}
