import { html, useEffect, useState } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { go, url } from "../../lib/router.js";
import { clock } from "../../lib/time.js";
import { Chip, Dialog, Failure, Icon, Loading } from "../../lib/ui.js";
import { list, load, nameOf, weekOf } from "./data.js";
import { ApproveRest, CannotDecide, Decide, decide, Reopen, waiting } from "./decide.js";
import { Flags } from "./flags.js";
import { decided, Held, holds } from "./held.js";
import { Changes, Timeline } from "./history.js";
import { usePanelKeys } from "./keys.js";
import { Lines } from "./lines.js";
import { Remind, reminds } from "./remind.js";
import { InPlaceOf, share } from "./row.js";
import { Grid, loadSheet } from "./sheet.js";

/** One sheet beside the list. rows: the ids of the list, through which J and K go. */
export function Panel({ id, rows, close }) {
  const [sheet, set] = useState(null), [error, fail] = useState(null), [again, reload] = useState(0), [wanting, want] = useState(null);
  useEffect(() => {
    let gone = false;
    fail(null);
    loadSheet(id).then((s) => gone || set(s), (e) => gone || fail(e));
    return () => { gone = true; };
  }, [id, again, decided.value]);
  const at = rows.indexOf(id), free = (one) => one && !holds(one);
  const to = (other) => other && go(`/app/approvals/${other}${url.value.search}`, { replace: true });
  const step = (by) => to(rows[at + by] ?? (at < 0 ? rows[0] : undefined));
  const act = (decision) => {
    const why = sheet && !holds(id) ? decide(decision, sheet) : null;
    want(why);
    if (why) return focusWords(why);
    const next = rows.slice(at + 1).find(free) ?? rows.find((one) => one !== id && free(one));
    return next ? to(next) : close();
  };
  const words = () => document.getElementById("decision-words")?.focus();
  usePanelKeys({ j: () => step(1), k: () => step(-1), a: () => act("approved"), r: () => act("rejected"), c: words });
  const title = sheet ? html`<bdi>${nameOf(sheet.period.user_id)}</bdi>` : t("app.loading");
  return html`<${Dialog} side title=${title} close=${close}>
    ${error ? html`<${Failure} error=${error} retry=${() => reload(again + 1)} />` : !sheet ? html`<${Loading} />`
      : html`<${Sheet} sheet=${sheet} act=${act} wanting=${wanting} done=${() => { reload(again + 1); load(list.value.tab); }} />`}
    <footer class="steps"><${Held} /><div class="acts">
      <button class="btn quiet" disabled=${at >= 0 && !rows[at - 1]} onClick=${() => step(-1)}>
        <${Icon} name="left" />${t("approvals.previous")}<kbd>K</kbd></button>
      <button class="btn quiet" disabled=${at >= 0 && !rows[at + 1]} onClick=${() => step(1)}>
        ${t("approvals.next")}<kbd>J</kbd><${Icon} name="right" /></button>
      ${sheet?.period.allowed_actions.includes("approve") && html`<span class="fine">${t("approvals.keys")}</span>`}</div></footer>
  </${Dialog}>`;
}

function Sheet({ sheet, act, wanting, done }) {
  const { period: p, entries, difference, events } = sheet, can = p.allowed_actions, waits = holds(p.id);
  return html`<div class="ap-sheet">
    <div class="ap-facts"><span>${weekOf(p)}</span><${Chip} state=${p.state} /><${InPlaceOf} period=${p} />
      <b class="num">${clock(p.minutes)}${p.expected_minutes > 0 ? ` / ${clock(p.expected_minutes)}` : ""}</b>
      <span>${t("approvals.billable", { n: share(p) })}</span></div>
    <${Flags} period=${p} />
    ${p.submission?.comment && html`<p class="words"><bdi>${p.submission.comment}</bdi></p>`}
    ${waits ? html`<p class="fine">${t("approvals.is-held")}</p>`
      : can.includes("approve") || can.includes("reject") ? html`<${Decide} sheet=${sheet} act=${act} wanting=${wanting} />`
      : p.state === "rejected" && waiting(entries).length ? html`<${ApproveRest} n=${waiting(entries).length} act=${act} />`
      : can.includes("reopen") ? html`<${Reopen} period=${p} done=${done} />`
      : html`<div class="ap-idle"><${CannotDecide} period=${p} />${reminds(p) && html`<${Remind} period=${p} />`}</div>`}
    <section><h3>${t("approvals.hours")}</h3><${Grid} ...${sheet} /></section>
    <${Changes} difference=${difference} />
    <section><h3>${t("approvals.lines")}</h3>${entries.length
      ? html`<${Lines} period=${p} entries=${entries} wanting=${wanting === "line-words-needed"} />`
      : html`<p class="fine">${t("approvals.no-lines")}</p>`}</section>
    <${Timeline} period=${p} events=${events} entries=${entries} />
  </div>`;
}

function focusWords(why) {
  const empty = [...document.querySelectorAll(".ap-lines .input")].find((i) => !i.value.trim());
  (why === "line-words-needed" ? empty : document.getElementById("decision-words"))?.focus();
}
