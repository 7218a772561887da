import { html, useEffect, useState } from "../vendor/preact.js";
import { get, put } from "../lib/api.js";
import { day, has, range, t } from "../lib/i18n.js";
import { refreshInbox } from "../lib/inbox.js";
import { me } from "../lib/me.js";
import { clock } from "../lib/time.js";
import { explain, Failure, Icon, Loading, say } from "../lib/ui.js";
import { Switches } from "./notifications/switches.js";

/** What happened to one's own time and what waits for one, the latest first. */
export default function Notifications() {
  const [rows, set] = useState(null), [next, more] = useState(null), [error, fail] = useState(null), [again, reload] = useState(0);
  const show = (a) => { set(a.body); more(a.next); refreshInbox(); };
  useEffect(() => {
    let gone = false;
    fail(null);
    get("/notifications?limit=50").then((a) => { if (!gone) show(a); }, (e) => gone || fail(e));
    return () => { gone = true; };
  }, [again]);
  const older = () => get(next).then((a) => { set([...rows, ...a.body]); more(a.next); }, (e) => say(explain(e)));
  const one = (a) => { set((now) => now.map((o) => (o.id === a.body.id ? a.body : o))); refreshInbox(); };
  const read = (of) => Promise.all(of.filter((n) => !n.read_at).map((n) => put(`/notifications/${n.id}/read`).then(one))).catch((e) => say(explain(e)));
  const readAll = () => put("/notifications/read", { up_to: rows[0].id })
    .then(() => { reload(again + 1); say(t("notifications.all-read")); }, (e) => say(explain(e)));
  return html`<div class="page notifications"><div class="page-head"><h1>${t("app.notifications")}</h1>
      ${rows?.some((n) => !n.read_at) && html`<button class="btn" onClick=${readAll}><${Icon} name="check" />${t("notifications.read-all")}</button>`}</div>
    ${error ? html`<${Failure} error=${error} retry=${() => reload(again + 1)} />` : !rows ? html`<${Loading} />`
      : !rows.length ? html`<p class="empty">${t("notifications.none")}</p>`
      : html`<ul class="card feed">${together(rows).map((of) => html`<${One} key=${of[0].id} of=${of} read=${read} />`)}</ul>`}
    ${next && html`<button class="btn more" onClick=${older}>${t("notifications.older")}</button>`}
    <${Switches} /></div>`;
}

/** Who looks at one's own time opens the week; who decides opens the sheet. */
const link = (n) => n.period_id && `/app/${n.owner === me.value.id ? "periods" : "approvals"}/${n.period_id}`;

/** Lines that somebody decided about one after the other are told of as one: [[notification]]. */
function together(rows) {
  const same = (a, b) => a.entry_id && b.entry_id && a.kind === b.kind && a.period_id === b.period_id && a.by === b.by && !a.params.comment && !b.params.comment;
  return rows.reduce((found, n) => { if (found.length && same(found.at(-1)[0], n)) found.at(-1).push(n); else found.push([n]); return found; }, []);
}

/** What one is to do something about stands out. */
const asks = ["rejected", "reopening_requested", "reminder", "escalation"];

function One({ of, read }) {
  const [n] = of, unread = of.some((o) => !o.read_at), several = `notifications.${n.kind}-lines`;
  const text = html`<bdi>${of.length > 1 && has(several) ? t(several, { by: n.params.by_name || t("notifications.somebody"), n: of.length, week: weekOf(n.params) }) : words(n)}</bdi>`;
  return html`<li class=${unread ? "unread" : ""}>
    ${asks.includes(n.kind) ? html`<span class="asks"><${Icon} name="alert" /></span>` : ""}
    <div><p>${unread && html`<span class="sr">${t("notifications.unread")} </span>`}
      ${link(n) ? html`<a href=${link(n)} onClick=${() => read(of)}>${text}</a>` : text}</p>
      ${n.params.comment && html`<p class="words"><bdi>${n.params.comment}</bdi></p>`}
      <time class="fine" datetime=${n.created_at}>${day(n.created_at, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" })}</time></div>
    ${unread && html`<button class="btn quiet" onClick=${() => read(of)}><${Icon} name="check" /><span>${t("notifications.read")}</span></button>`}</li>`;
}

/** The sentence in the language in use. */
function words({ kind, text, params: p }) {
  const key = `notifications.${p.stage ? `${kind}-${p.stage}` : p.date ? `${kind}-day` : kind}`;
  return !has(key) ? text : t(key, {
    name: p.owner_name, by: p.by_name || t("notifications.somebody"), hours: clock(p.minutes ?? 0), n: p.days,
    week: weekOf(p), date: long(p.date), due: long(p.due),
  });
}
const weekOf = (p) => (p.start ? range(p.start, p.end, { day: "numeric", month: "short" }) : "");
const long = (date) => (date ? day(date, { weekday: "long", day: "numeric", month: "long" }) : "");
