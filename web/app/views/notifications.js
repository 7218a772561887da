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
  const read = (n) => n.read_at || put(`/notifications/${n.id}/read`).then(one, (e) => say(explain(e)));
  const readAll = () => put("/notifications/read", { up_to: rows[0].id })
    .then(() => { reload(again + 1); say(t("notifications.all-read")); }, (e) => say(explain(e)));
  return html`<div class="page notifications"><div class="page-head"><h1>${t("app.notifications")}</h1>
      ${rows?.some((n) => !n.read_at) && html`<button class="btn" onClick=${readAll}><${Icon} name="check" />${t("notifications.read-all")}</button>`}</div>
    ${error ? html`<${Failure} error=${error} retry=${() => reload(again + 1)} />` : !rows ? html`<${Loading} />`
      : !rows.length ? html`<p class="empty">${t("notifications.none")}</p>`
      : html`<ul class="card feed">${rows.map((n) => html`<${One} key=${n.id} n=${n} read=${read} />`)}</ul>`}
    ${next && html`<button class="btn more" onClick=${older}>${t("notifications.older")}</button>`}
    <${Switches} /></div>`;
}

/** Who looks at one's own time opens the week; who decides opens the sheet. */
const link = (n) => n.period_id && `/app/${n.owner === me.value.id ? "periods" : "approvals"}/${n.period_id}`;

function One({ n, read }) {
  const text = html`<bdi>${words(n)}</bdi>`;
  return html`<li class=${n.read_at ? "" : "unread"}>
    <div><p>${!n.read_at && html`<span class="sr">${t("notifications.unread")} </span>`}
      ${link(n) ? html`<a href=${link(n)} onClick=${() => read(n)}>${text}</a>` : text}</p>
      ${n.params.comment && html`<p class="words"><bdi>${n.params.comment}</bdi></p>`}
      <time class="fine" datetime=${n.created_at}>${day(n.created_at, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" })}</time></div>
    ${!n.read_at && html`<button class="btn quiet" onClick=${() => read(n)}>${t("notifications.read")}</button>`}</li>`;
}

/** The sentence in the language in use. */
function words({ kind, text, params: p }) {
  const key = `notifications.${p.stage ? `${kind}-${p.stage}` : p.date ? `${kind}-day` : kind}`;
  return !has(key) ? text : t(key, {
    name: p.owner_name, by: p.by_name || t("notifications.somebody"), hours: clock(p.minutes ?? 0), n: p.days,
    week: p.start ? range(p.start, p.end, { day: "numeric", month: "short" }) : "", date: long(p.date), due: long(p.due),
  });
}
const long = (date) => (date ? day(date, { weekday: "long", day: "numeric", month: "long" }) : "");
