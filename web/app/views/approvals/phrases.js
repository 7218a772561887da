import { html, signal, useState } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { Icon } from "../../lib/ui.js";

/** Words that one uses again and again, kept in this browser. */
const most = 20, place = `phrases ${me.value.id}`, saved = signal(read());
function read() { try { return JSON.parse(localStorage.getItem(place)) ?? []; } catch { return []; } }
function keep(phrases) { saved.value = phrases; localStorage.setItem(place, JSON.stringify(phrases)); }

/** use(words) puts a phrase into the field; comment is what stands there and can be saved. */
export function Phrases({ comment, use }) {
  const [editing, edit] = useState(false), words = comment.trim();
  const savable = words && !saved.value.includes(words) && saved.value.length < most;
  const change = (i, to) => keep(saved.value.map((p, at) => (at === i ? to : p)));
  const drop = (i) => keep(saved.value.filter((_, at) => at !== i));
  if (editing) return html`<div class="phrases editing">${saved.value.map((p, i) => html`<div key=${i}>
      <input class="input" aria-label=${t("approvals.phrase-n", { n: i + 1 })} value=${p} maxlength="500" onChange=${(e) => change(i, e.target.value)} />
      <button class="btn quiet only-icon" aria-label=${t("approvals.phrase-drop", { n: i + 1 })} onClick=${() => drop(i)}><${Icon} name="trash" /></button></div>`)}
    <button class="btn" onClick=${() => { keep(saved.value.filter((p) => p.trim())); edit(false); }}>${t("approvals.phrases-done")}</button></div>`;
  return html`<div class="phrases">${saved.value.map((p) => html`<button key=${p} class="phrase" onClick=${() => use(p)}><bdi>${p}</bdi></button>`)}
    ${savable && html`<button class="btn quiet" onClick=${() => keep([...saved.value, words])}><${Icon} name="plus" />${t("approvals.phrase-save")}</button>`}
    ${saved.value.length > 0 && html`<button class="btn quiet" onClick=${() => edit(true)}>${t("approvals.phrases-edit")}</button>`}</div>`;
}
