import { html, useMemo, useSignal } from "../../vendor/preact.js";
import { has, t } from "../../lib/i18n.js";
import { Dialog, explain, Icon, say } from "../../lib/ui.js";
import { Field, manage } from "./parts.js";

/** Every element of a list of the management API: a bare array for each page of 100, most elements at most. */
export async function every(path, most = 1000) {
  const found = [], join = path.includes("?") ? "&" : "?";
  for (let page = 0; found.length < most; page++) {
    const list = (await manage.get(`${path}${join}per_page=100&page=${page}`)).body;
    found.push(...list);
    if (list.length < 100) break;
  }
  return found;
}

/** The midnight some days after that of a day, less some milliseconds: days are those of who looks, instants are UTC's. */
export const instant = (date, after, less = 0) => { const d = new Date(date + "T00:00:00"); d.setDate(d.getDate() + after); return new Date(d - less).toISOString(); };

/** What the server refused by its member: "'name' must be …; 'callbacks/0' is …" -> {name: ["must be …"], "callbacks": ["… is …"]}. */
export function refusals(error) {
  const found = {};
  for (const [, member, at, detail] of (error?.message ?? "").matchAll(/'(\w+)((?:\/\w+)*)' (.*?)(?=; '\w|$)/g)) (found[member] ??= []).push({ at: Number(at.slice(1)), detail });
  return found;
}

/** What to throw for e once what was refused of the members that a form shows stands at their fields: where that is all, to look there. */
export function atFields(e, wrong, shown) {
  const found = Object.keys(wrong.value = refusals(e));
  return found.length > 0 && found.every((member) => shown.includes(member)) ? new Error(t("admin.look")) : e;
}

export const copy = (text, done = t("admin.copied")) => navigator.clipboard.writeText(text).then(() => say(done), () => say(t("admin.not-copied")));

/** A value of the server's that goes into other programs. */
export const Copyable = ({ value, name }) => html`<span class="copyable"><code>${value}</code>
  <button type="button" class="btn quiet only-icon" aria-label=${t("admin.copy-of", { name })} onClick=${() => copy(value)}><${Icon} name="copy" /></button></span>`;

/** A secret, which nobody can be shown again. */
export const Secret = ({ value, title, detail }) => html`<section class="once" role="status"><h2>${title}</h2><p class="fine">${detail}</p>
  <div class="secret"><code data-secret>${value}</code><button type="button" class="btn" onClick=${() => copy(value)}><${Icon} name="copy" />${t("admin.copy")}</button></div></section>`;

export const Snippet = ({ text, name }) => html`<div class="snippet"><pre tabindex="0" role="region" aria-label=${name}><code>${text}</code></pre>
  <button type="button" class="btn quiet" onClick=${() => copy(text)}><${Icon} name="copy" />${t("admin.copy")}</button></div>`;

/** A list of addresses, one per line. mistake(line) says at once what is wrong with one; wrong is what the server said: [{at, detail}]. */
export function Lines({ label, hint, value, onInput, mistake, wrong = [], rows = 3, id, readonly }) {
  const found = lines(value).map((line) => [line, mistake?.(line)]).filter(([, why]) => why);
  const said = found.length > 0 ? found : wrong.map((w) => [lines(value)[w.at], w.detail]);
  return html`<div class="field"><label for=${id}>${label}</label>
    <textarea id=${id} class="input lines" rows=${rows} spellcheck="false" autocapitalize="off" value=${value} readonly=${readonly} onInput=${(e) => onInput(e.target.value)}
      aria-invalid=${said.length > 0 ? "true" : undefined} aria-describedby="${id}-hint ${id}-wrong"></textarea>
    <span id="${id}-hint" class="fine">${hint}</span>
    <div id="${id}-wrong" role="status">${said.length > 0 && html`<ul class="wrongs">${said.map(([line, why]) => html`<li key=${line}>${line && html`<code><bdi>${line}</bdi></code> – `}${why}</li>`)}</ul>`}</div></div>`;
}

export const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** Something that can't be undone: the name has to be typed. */
export function DeleteDialog({ title, detail, name, act, close }) {
  const typed = useSignal(""), busy = useSignal(false), error = useSignal(null);
  const submit = async (e) => {
    e.preventDefault();
    busy.value = true; error.value = null;
    try { await act(); } catch (e) { error.value = e; busy.value = false; }
  };
  return html`<${Dialog} title=${title} close=${close}><form class="form" onSubmit=${submit}><p>${detail}</p>
    <${Field} label=${html`${t("admin.type-name")} <bdi>${name}</bdi>`} value=${typed.value} onInput=${(v) => { typed.value = v; }} autocomplete="off" spellcheck="false" data-confirm />
    ${error.value && html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${explain(error.value)}</span></div>`}
    <div class="form-foot"><button type="button" class="btn" onClick=${close}>${t("app.cancel")}</button>
      <button class="btn bad" disabled=${busy.value || typed.value !== name}>${title}</button></div></form><//>`;
}

/** Something to think about before it is done, which can be put right again. */
export function AskDialog({ title, children, button, danger, act, close }) {
  const busy = useSignal(false), error = useSignal(null);
  const submit = async (e) => {
    e.preventDefault();
    busy.value = true; error.value = null;
    try { await act(); } catch (e) { error.value = e; busy.value = false; }
  };
  return html`<${Dialog} title=${title} close=${close}><form class="form" onSubmit=${submit}>${children}
    ${error.value && html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${explain(error.value)}</span></div>`}
    <div class="form-foot"><button type="button" class="btn" onClick=${close}>${t("app.cancel")}</button>
      <button class="btn ${danger ? "bad" : "primary"}" disabled=${busy.value}>${button}</button></div></form><//>`;
}

/** The scopes of an API; those of this server's own in the words in which people are asked for them. */
export const scopesOf = (api) => api.scopes.map(({ value, description }) => ({ value, description: api.is_system && has(`scopes.${value}.title`) ? t(`scopes.${value}.title`) : description }));

/** Scopes to choose from, [{value, description}]. chosen is a set of values. */
export function Scopes({ legend, of, chosen, onChange, disabled }) {
  const turn = (value, on) => { const next = new Set(chosen); if (on) next.add(value); else next.delete(value); onChange(next); };
  return html`<fieldset class="scopes ${of.length > 12 ? "long" : ""}" tabindex=${of.length > 12 ? 0 : undefined} disabled=${disabled}><legend>${legend}</legend>${of.map((s) => html`<label class="check" key=${s.value}>
    <input type="checkbox" value=${s.value} checked=${chosen.has(s.value)} onChange=${(e) => turn(s.value, e.target.checked)} />
    <span><code>${s.value}</code>${s.description && html`<br /><small class="fine"><bdi>${s.description}</bdi></small>`}</span></label>`)}</fieldset>`;
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The fields of a form about something that may change under it: those that were left alone follow, what one typed stays. Gives {form, dirty}. */
export function useFields(now) {
  const form = useSignal(now), known = useMemo(() => ({ now }), []);
  if (!same(known.now, now)) {
    const was = known.now, mine = form.value;
    known.now = now;
    form.value = Object.fromEntries(Object.keys(now).map((k) => [k, same(mine[k], was[k]) ? now[k] : mine[k]]));
  }
  return { form, dirty: !same(form.value, now) };
}

/**
 * Does something to what was last seen as before. Where somebody else changed it meanwhile (412), reload() gives what it is now, and
 * who acts is told what is different: names has the words for each field, say how one that is no text is told.
 */
export async function meanwhile(act, before, reload, names, say = {}) {
  try { return await act(); } catch (e) {
    if (e.status !== 412) throw e;
    const now = await reload(), text = (k) => say[k]?.(now[k]) ?? (now[k] === true ? t("admin.yes") : now[k] === false ? t("admin.no") : now[k] || "–");
    const told = Object.keys(names).filter((k) => !same(before[k], now[k])).map((k) => t("admin.meanwhile-field", { name: t(names[k]), value: text(k) }));
    throw new Error([t("admin.meanwhile"), ...told, t("admin.meanwhile-kept")].join(" "));
  }
}
