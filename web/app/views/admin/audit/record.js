import { html } from "../../../vendor/preact.js";
import { query } from "../../../lib/api.js";
import { day, t } from "../../../lib/i18n.js";
import { clock } from "../../../lib/time.js";
import { Dialog } from "../../../lib/ui.js";
import { who, words } from "../deeds.js";

/** One record: who did what, and what was before and after. */
export function Record({ of, names, close }) {
  const facts = [["logs.when", day(of.at, { dateStyle: "full", timeStyle: "long" })], ["audit.actor", html`<bdi>${who(of.actor, names)}</bdi>`], ["audit.whose", html`<bdi>${who(of.chain, names)}</bdi>`],
    ["logs.application", of.client], ["audit.object", html`<code>${of.object}</code>`], ["logs.kind", html`<code>${of.action}</code>`], ["logs.request", of.request_id && html`<code>${of.request_id}</code>`], ["audit.number", t("audit.number-of", { n: of.number })],
    ["audit.hash", html`<code>${of.hash}</code>`]];
  return html`<${Dialog} title=${words(of.action)} close=${close} side>
    <${Difference} of=${of} names=${names} />
    <dl class="facts">${facts.filter(([, value]) => value).map(([key, value]) => html`<dt key=${key}>${t(key)}</dt><dd>${value}</dd>`)}</dl>
    <div class="acts"><a class="btn" href=${query("/app/admin/audit", { object: of.object })} onClick=${close}>${t("audit.same-object")}</a>
      <a class="btn" href=${query("/app/admin/audit", { actor: of.actor })} onClick=${close}>${t("audit.same-actor")}</a>
      ${of.request_id && html`<a class="btn" href=${query("/app/admin/logs", { id: of.request_id })} onClick=${close}>${t("audit.log")}</a>`}</div><//>`;
}

/** What changed comes first, all else is a click away. */
function Difference({ of: { before, after, erased }, names }) {
  if (erased) return html`<p class="note"><span>${t("audit.erased")}</span></p>`;
  const was = flat(before), is = flat(after), keys = [...new Set([...Object.keys(was), ...Object.keys(is)])], differ = keys.filter((k) => was[k] !== is[k]), same = keys.filter((k) => was[k] === is[k]);
  const table = (list) => html`<div class="table-wrap"><table class="table diff"><thead><tr><th scope="col">${t("audit.field")}</th>${before && html`<th scope="col">${t("audit.before")}</th>`}${after && html`<th scope="col">${t("audit.after")}</th>`}</tr></thead>
    <tbody>${list.map((k) => html`<tr key=${k}><th scope="row"><code>${k}</code></th>${before && html`<td>${shown(k, was[k], names, after && was[k] !== is[k] ? "del" : "span")}</td>`}${after && html`<td>${shown(k, is[k], names, before && was[k] !== is[k] ? "ins" : "span")}</td>`}</tr>`)}</tbody></table></div>`;
  return html`${differ.length > 0 ? table(differ) : html`<p class="fine">${t("audit.no-difference")}</p>`}
    ${same.length > 0 && html`<details class="more"><summary>${t("audit.same", { n: same.length })}</summary>${table(same)}</details>`}`;
}

/** {a: {b: [1, 2]}} -> {"a.b": "1, 2"}; what is null, empty or missing isn't there. */
function flat(of, at = "") {
  const found = {};
  for (const [key, value] of Object.entries(of ?? {})) {
    if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) continue;
    if (Array.isArray(value)) found[at + key] = value.map((v) => (typeof v === "object" ? JSON.stringify(v) : v)).join(", ");
    else if (typeof value === "object") Object.assign(found, flat(value, `${at}${key}.`));
    else found[at + key] = String(value);
  }
  return found;
}

/** People have names, minutes are read as hours; the rest is as it was noted. Tag: ins, del or span. */
function shown(key, value, names, tag) {
  if (value === undefined) return html`<span class="fine">–</span>`;
  return html`<${tag}><bdi>${names.get(value) ?? (/minutes$/.test(key) && /^\d+$/.test(value) ? clock(Number(value)) : value)}</bdi><//>`;
}
