import { html, signal, useEffect, useState } from "../../vendor/preact.js";
import { del, post } from "../../lib/api.js";
import { range, t } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { addDays, uuid } from "../../lib/time.js";
import { Dialog, explain, Icon, Loading } from "../../lib/ui.js";
import { dayInUTC, delegations, everybodyElse, forgetPeople, knowPeople, nameOf } from "./data.js";

/** What is being written stays when the dialog is closed. */
const writing = signal({ to_user_id: "", starts_on: dayInUTC(), ends_on: addDays(dayInUTC(), 13), reason: "" });

/** Who decides in whose place: one's own, given and got. Days are those of UTC. */
export function Delegations({ close }) {
  const [people, know] = useState(null), [error, fail] = useState(null), [key, renew] = useState(uuid);
  const form = writing.value, set = (now) => { writing.value = now; };
  const load = async () => {
    forgetPeople();
    await knowPeople([]);
    await knowPeople(delegations.value.flatMap((d) => [d.from_user_id, d.to_user_id]));
    know(everybodyElse());
  };
  useEffect(() => { load().catch(fail); }, []);
  const then = async (asking) => { fail(null); try { await asking; await load(); return true; } catch (e) { fail(e); return false; } };
  const give = async (e) => {
    e.preventDefault();
    if (await then(post("/delegations", form, { headers: { "Idempotency-Key": key } }))) { set({ ...form, to_user_id: "", reason: "" }); renew(uuid()); }
  };
  const value = (name) => ({ id: `dlg-${name}`, class: "input", value: form[name], onInput: (e) => set({ ...form, [name]: e.target.value }) });
  return html`<${Dialog} title=${t("approvals.delegations")} close=${close}>
    <p>${t("approvals.delegations-mean")}</p>
    ${error && html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${said(error)}</span></div>`}
    ${!people ? !error && html`<${Loading} />` : html`<${Given} end=${(d) => then(del(`/delegations/${d.id}`))} />
    <form class="form" onSubmit=${give}>
      <div class="field"><label for="dlg-to_user_id">${t("approvals.dlg-to")}</label>
        <select ...${value("to_user_id")} required><option value="">${t("approvals.dlg-choose")}</option>
        ${people.map(([id, name]) => html`<option key=${id} value=${id}>${name}</option>`)}</select></div>
      <div class="two">
        <div class="field"><label for="dlg-starts_on">${t("approvals.dlg-from")}</label><input type="date" required ...${value("starts_on")} /></div>
        <div class="field"><label for="dlg-ends_on">${t("approvals.dlg-until")}</label>
          <input type="date" required min=${form.starts_on} ...${value("ends_on")} /></div></div>
      <div class="field"><label for="dlg-reason">${t("approvals.dlg-reason")}</label><input maxlength="200" ...${value("reason")} /></div>
      <div class="form-foot"><button class="btn primary">${t("approvals.dlg-give")}</button></div>
    </form>`}
  </${Dialog}>`;
}

const said = (e) => [explain(e), ...(e.errors ?? []).map((one) => one.detail)].join(" · ");

function Given({ end }) {
  const now = dayInUTC(), live = delegations.value.filter((d) => !d.ended_at && d.ends_on >= now);
  if (!live.length) return html`<p class="fine">${t("approvals.dlg-none")}</p>`;
  const dates = (d) => range(d.starts_on, d.ends_on, { day: "numeric", month: "short", year: "numeric" });
  return html`<ul class="sure given">${live.map((d) => html`<li key=${d.id}><div><b><bdi>${nameOf(d.to_user_id)}</bdi></b>
    <bdi> ${t("approvals.dlg-for", { name: nameOf(d.from_user_id) })}</bdi>
    <span class="fine">${dates(d)}${d.reason && html` · <bdi>${d.reason}</bdi>`}</span></div>
    <button class="btn" onClick=${() => end(d)}>${t(d.to_user_id === me.value.id ? "approvals.dlg-decline" : "approvals.dlg-end")}</button></li>`)}</ul>`;
}
