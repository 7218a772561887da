import { signal, useEffect, useMemo } from "../vendor/preact.js";

/**
 * What a component shows of the server: useLoad(() => get("/projects"), [id]) gives signals and reload(). What comes in late,
 * when the component shows something else already, is dropped.
 */
export function useLoad(ask, about = []) {
  const state = useMemo(() => ({ value: signal(null), error: signal(null), turn: 0 }), []);
  const reload = async () => {
    const turn = ++state.turn;
    try {
      const value = await ask();
      if (turn === state.turn) { state.value.value = value; state.error.value = null; }
    } catch (e) {
      if (turn === state.turn) state.error.value = e;
    }
  };
  useEffect(() => { state.value.value = null; reload(); return () => { state.turn++; }; }, about);
  return { ...state, reload };
}
