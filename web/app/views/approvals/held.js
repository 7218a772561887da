import { html, signal, useEffect, useState } from "../../vendor/preact.js";
import { post, put } from "../../lib/api.js";
import { signIn } from "../../lib/session.js";
import { t } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { go, url } from "../../lib/router.js";
import { explain, Icon, say } from "../../lib/ui.js";
import { uuid } from "../../lib/time.js";
import { refreshInbox } from "../../lib/inbox.js";
import { write } from "./draft.js";

/**
 * Decisions wait ten seconds here before they are sent, since a rejection can't be taken back at the server. They lie in
 * localStorage meanwhile: a page that is closed or crashes sends them when the app is opened next, by the same person alone.
 * Each is about the revision that was seen, so that a late one can't hit what changed.
 */
const seconds = 10, timers = new Map();

/** [{id, period, revision, name, week, decision, comment, lines, rest, due, by, problem, fresh}] */
export const held = signal(read());
export const holds = (period) => held.value.find((d) => d.period === period);
/** Counts up whenever a decision arrived: what is shown is out of date then. */
export const decided = signal(0);

function read() { try { return JSON.parse(localStorage.getItem("decisions")) ?? []; } catch { return []; } }
const mine = (d) => d.by === me.value?.id;

/** Each tab writes what it changed into what is there: another may have written since. */
function keep(change) {
  held.value = change(read());
  if (held.value.length) localStorage.setItem("decisions", JSON.stringify(held.value)); else localStorage.removeItem("decisions");
}
const drop = (id) => keep((all) => all.filter((d) => d.id !== id));
const mark = (id, values) => keep((all) => all.map((d) => (d.id === id ? { ...d, ...values } : d)));
addEventListener("storage", (e) => { if (e.key === "decisions") held.value = read(); });
addEventListener("pagehide", () => sendAll());

export function hold(decision) {
  const d = { ...decision, id: uuid(), by: me.value.id, due: Date.now() + seconds * 1000 };
  keep((all) => [...all.filter((one) => one.period !== d.period), d]);
  timers.set(d.id, setTimeout(send, seconds * 1000, d.id));
}

/** Takes back what is not under way yet. */
function undo(id) {
  const d = held.value.find((one) => one.id === id);
  clearTimeout(timers.get(id));
  drop(id);
  return d;
}

/** Sends what this tab holds, now. Where the page is gone before it arrives, the next one needn't wait. */
export function sendAll() {
  if (timers.size) keep((all) => all.map((d) => (timers.has(d.id) ? { ...d, due: 0 } : d)));
  for (const id of timers.keys()) send(id);
}

/** What was undone lies open again, with the words that were written. */
function takeBack(id) {
  const { period, comment, lines, rest } = undo(id);
  write(period, { comment, lines: Object.fromEntries(lines.map((l) => [l.id, l.comment])), rest: rest.length > 0 });
  go(`/app/approvals/${period}${url.value.search}`, { replace: url.value.pathname.length > "/app/approvals/".length });
}

/** What is left of an earlier page: nobody is here any more who could undo it. What waits for a sign-in is asked about again. */
export function resume() {
  for (const d of read().filter(mine)) {
    if (!d.problem && !timers.has(d.id)) timers.set(d.id, setTimeout(send, Math.max(0, d.due + 3000 - Date.now()), d.id));
  }
}

/** One tab sends it once; with its id as the key, an answer that was lost can be asked for again. */
export const send = (id) => navigator.locks.request("punchcard-decision", async () => {
  clearTimeout(timers.get(id));
  timers.delete(id);
  const d = read().find((one) => one.id === id);
  if (!d || !mine(d)) return;
  mark(id, { sending: true });
  try {
    await (d.lines?.length || d.rest?.length ? sendLines(d) : sendWhole(d));
    drop(id);
    if (!document.querySelector("dialog[open]")) say(t("approvals.sent", { what: told(d) })); // else the next sheet is being read
  } catch (e) {
    mark(id, { sending: false, problem: e.kind || "network", detail: explain(e), fresh: maxAge(e) });
  }
  decided.value++;
  refreshInbox();
});

async function sendWhole({ id, period, revision, decision, comment }) {
  const items = [{ period_id: period, etag: `"${revision}"`, decision, comment }];
  const [{ problem, detail }] = (await post("/approvals", { items }, { headers: { "Idempotency-Key": id } })).body.results;
  if (problem) throw Object.assign(new Error(detail), { kind: problem });
}

/** First the lines that are rejected, then the others by themselves, each as it was seen. What was done already is passed over. */
async function sendLines({ id, period, revision, comment, lines, rest, sent }) {
  if (lines.length && !sent) {
    await put(`/periods/${period}/approval`, { decision: "rejected", comment, lines }, { headers: { "If-Match": `"${revision}"` } });
    mark(id, { sent: true });
  }
  for (const one of rest ?? []) {
    await put(`/timesheets/${one.id}/approval`, { decision: "approved" }, { headers: { "If-Match": `"${one.revision}"` } });
    mark(id, { rest: read().find((d) => d.id === id).rest.filter((r) => r.id !== one.id) });
  }
}

/** The seconds of which a sign-in may be old at most, if that is what is asked for (RFC 9470). */
export function maxAge(e) {
  const asks = e.headers?.get("WWW-Authenticate") ?? "";
  return /insufficient_user_authentication/.test(asks) ? Number(/max_age="?(\d+)/.exec(asks)?.[1] ?? 0) : undefined;
}

function told({ name, week, decision, lines = [], rest = [] }) {
  const what = lines.length ? "lines" : rest.length ? "rest" : decision;
  return t(`approvals.held-${what}`, { name, week, n: lines.length || rest.length });
}

/** What is to be said about those that wait or were refused. */
export function Held() {
  const [heard, hear] = useState(false); // what is there from the start, as in a dialog that opens, isn't read out
  useEffect(() => { const timer = setTimeout(hear, 100, true); return () => clearTimeout(timer); }, []);
  return html`<div class="held" role="status">${heard && held.value.filter(mine).map((d) => html`<div key=${d.id}
    class="held-one ${d.problem ? "failed" : ""}">
    <${Icon} name=${d.problem ? "alert" : d.decision === "approved" ? "check" : "undo"} />
    <p><b><bdi>${told(d)}</bdi></b> <span>${why(d)}</span></p>
    <div class="acts">${d.sending ? "" : d.problem ? mend(d) : html`<button class="btn" onClick=${() => send(d.id)}>${t("approvals.send-now")}</button>
      <button class="btn" onClick=${() => takeBack(d.id)}>${t("app.undo")}</button>`}</div>
  </div>`)}</div>`;
}

function why({ sending, sent, problem, fresh, detail }) {
  if (sending) return t("approvals.sending");
  if (!problem) return t("approvals.held-for");
  if (fresh !== undefined) return t("approvals.fresh-needed");
  if (problem === "stale-review" && !sent) return t("approvals.stale");
  return t(problem === "self-approval" ? "approvals.four-eyes" : "approvals.refused", { detail });
}

/** What can be done about one that was refused: look again where trying again can't help. */
const mend = (d) => html`
  ${d.fresh !== undefined && html`<button class="btn primary" onClick=${() => signIn({ maxAge: d.fresh })}>${t("app.sign-in")}</button>`}
  ${["stale-review", "self-approval", "invalid-transition"].includes(d.problem)
    ? html`<button class="btn again" onClick=${() => takeBack(d.id)}>${t("approvals.look-again")}</button>`
    : html`<button class="btn again" onClick=${() => again(d.id)}>${t("approvals.send-again")}</button>`}
  <button class="btn quiet" onClick=${() => undo(d.id)}>${t("approvals.drop")}</button>`;

function again(id) { mark(id, { problem: undefined, fresh: undefined }); send(id); }
