import { html, useSignal } from "../../vendor/preact.js";
import { del, get, patch, post, put } from "../../lib/api.js";
import { t } from "../../lib/i18n.js";
import { Dialog, explain, Icon, keepingPlace, say } from "../../lib/ui.js";

const management = { api: "management" };

/** The management API, /api/v2/…. */
export const manage = {
  get: (path) => get("/api/v2/" + path, management), post: (path, body) => post("/api/v2/" + path, body, management),
  patch: (path, body) => patch("/api/v2/" + path, body, management), put: (path, body) => put("/api/v2/" + path, body, management),
  del: (path, body) => del("/api/v2/" + path, { ...management, ...(body && { body }) }),
};

let fields = 0;

/** A labelled input: the label is a click away, the hint and what is wrong are read with it. */
export function Field({ label, hint, wrong, value, onInput, type = "text", list, ...rest }) {
  const id = useSignal(`field-${++fields}`).value;
  return html`<div class="field"><label for=${id}>${label}</label>
    ${list ? html`<select id=${id} class="input" value=${value} onChange=${(e) => onInput(e.target.value)} ...${rest}>${list.map(([v, text]) => html`<option key=${v} value=${v} selected=${v === value}>${text}</option>`)}</select>`
      : html`<input id=${id} class="input" type=${type} value=${value} onInput=${(e) => onInput(e.target.value)} aria-invalid=${wrong ? "true" : undefined} aria-describedby="${id}-more" ...${rest} />`}
    <span id="${id}-more" class=${wrong ? "wrong" : "fine"}>${wrong ?? hint}</span></div>`;
}

export const Check = ({ label, checked, onChange, hint, ...rest }) => html`<label class="check"><input type="checkbox" checked=${checked}
  onChange=${(e) => onChange(e.target.checked)} ...${rest} /><span>${label}${hint && html`<br /><small class="fine">${hint}</small>`}</span></label>`;

/** Whether all that is refused is a value of the request, so that what is said of that is all there is to say. */
const ofOneValue = (e) => e.errors?.length === 1 && e.errors[0].detail === e.message;

/** A form whose button waits for the answer, and which says what the server refused. act() sends it. */
export function Form({ act, button, children, extra, done }) {
  const busy = useSignal(false), error = useSignal(null);
  const submit = async (e) => {
    e.preventDefault();
    if (busy.value) return;
    busy.value = true; error.value = null;
    try { await act(); if (done) say(done); } catch (e) { error.value = e; } finally { busy.value = false; }
  };
  return html`<form class="form" onSubmit=${submit}>${children}
    ${error.value && html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${!ofOneValue(error.value) && explain(error.value)}
      ${error.value.errors?.length > 0 && html`<ul>${error.value.errors.map((e) => html`<li key=${e.pointer}><code>${e.pointer}</code> ${e.detail}</li>`)}</ul>`}</span></div>`}
    <div class="form-foot">${extra}<button class="btn primary" disabled=${busy.value}>${button ?? t("app.save")}</button></div></form>`;
}

/** A button for what can't be taken back: it says what will happen, and does it when that is confirmed. */
export function Danger({ label, title, act }) {
  const open = useSignal(false), close = () => { open.value = false; };
  return html`<button type="button" class="btn bad" onClick=${() => { open.value = true; }}><${Icon} name="trash" />${label}</button>
    ${open.value && html`<${Dialog} title=${label} close=${close}><p>${title}</p><div class="form-foot"><button type="button" class="btn" onClick=${close}>${t("app.cancel")}</button>
      <button type="button" class="btn bad" onClick=${() => { close(); act(); }}>${label}</button></div><//>`}`;
}

/** A heading, with a way back and what can be done. */
export const Head = ({ title, back, children }) => html`<div class="page-head"><div>
  ${back && html`<a class="back" href=${back[0]}><${Icon} name="left" />${back[1]}</a>`}<h1>${title}</h1></div><div class="acts">${children}</div></div>`;

/** One thing done at once, with what to say of it; more: {action, act} to take it back. */
export const attempt = async (act, done, more) => { try { await keepingPlace(act); if (done) say(done, more); } catch (e) { say(explain(e), { seconds: 10 }); } };
