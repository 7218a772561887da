import { signal } from "../../vendor/preact.js";

/** The week on screen: {start, end, date, days, periods}; days that no week was loaded for yet are none. */
export const shown = signal({ start: null, end: null, date: null, days: [], periods: [] });
