const minute = 60_000;
const same = (a, b) => a.entry_id && b.entry_id && a.kind === b.kind && a.by === b.by && a.on_behalf_of === b.on_behalf_of && a.comment === b.comment
  && Math.abs(Date.parse(a.at) - Date.parse(b.at)) < minute;

/** The events of a period by deeds: what somebody did to single lines one after the other, with the same words, is one. [[event, …], …] */
export const together = (events) => events.reduce((deeds, e) => {
  const last = deeds.at(-1);
  if (last && same(last.at(-1), e)) last.push(e); else deeds.push([e]);
  return deeds;
}, []);
