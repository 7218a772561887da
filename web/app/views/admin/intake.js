import { html, useEffect, useSignal } from "../../vendor/preact.js";
import { post, query } from "../../lib/api.js";
import { t } from "../../lib/i18n.js";
import { explain, Icon, say } from "../../lib/ui.js";

const shown = 200;
const chip = { added: "approved", updated: "submitted", unchanged: "draft" };

/** A table or a calendar file: it is looked through first, and kept wholly or not at all. options go with it; children are their fields. */
export function Intake({ path, options, done, children }) {
  const file = useSignal(null), outcome = useSignal(null), error = useSignal(null), busy = useSignal(false), over = useSignal(false), turn = useSignal(0);
  const send = async (dry) => {
    const mine = ++turn.value, type = /\.ics$/i.test(file.value.name) ? "text/calendar" : "text/csv";
    busy.value = true; error.value = null;
    try {
      const { body } = await post(query(path, { ...options, dry_run: dry || undefined }), file.value, { headers: { "Content-Type": type } });
      if (mine === turn.value) outcome.value = body;
      if (!dry) { say(t("intake.taken", { n: body.added + body.updated })); done?.(); }
    } catch (e) { if (mine === turn.value) { outcome.value = null; error.value = e; } } finally { if (mine === turn.value) busy.value = false; }
  };
  const choose = (chosen) => { if (chosen) { file.value = chosen; send(true); } };
  useEffect(() => { if (file.value) { const timer = setTimeout(() => send(true), 300); return () => clearTimeout(timer); } }, [JSON.stringify(options)]);
  return html`<label class="drop ${over.value ? "over" : ""}" onDragOver=${(e) => { e.preventDefault(); over.value = true; }} onDragLeave=${() => { over.value = false; }} onDrop=${(e) => { e.preventDefault(); over.value = false; choose(e.dataTransfer.files[0]); }}>
      <${Icon} name="save" /><b>${file.value ? html`<bdi>${file.value.name}</bdi>` : t("intake.choose")}</b><span class="fine">${t("intake.drop")}</span>
      <input type="file" class="sr" accept=".csv,.ics,text/csv,text/calendar" onChange=${(e) => { choose(e.target.files[0]); e.target.value = ""; /* so that the same file, mended, can be chosen again */ }} /></label>
    ${children}
    <div role="status">${busy.value && html`<p class="fine">${t("intake.reading")}</p>`}</div>
    ${error.value && html`<${Faults} of=${error.value} />`}${outcome.value && html`<${Outcome} of=${outcome.value} busy=${busy.value} keep=${() => send(false)} />`}`;
}

const Faults = ({ of }) => html`<div class="alert" role="alert"><${Icon} name="alert" /><span>${of.errors?.length > 0 ? t("intake.mend") : explain(of)}
  ${of.errors?.length > 0 && html`<ul>${[...of.errors].sort((a, b) => lineOf(a) - lineOf(b)).slice(0, shown).map((e) => html`<li key=${e.pointer}>${place(e.pointer)} <bdi>${e.detail}</bdi></li>`)}</ul>`}</span></div>`;

const lineOf = (e) => Number(/^\/lines\/(\d+)/.exec(e.pointer)?.[1] ?? 0);

/** "/lines/3/date" says where. */
function place(pointer) {
  const [, line, field] = /^\/lines\/(\d+)(?:\/(.+))?$/.exec(pointer) ?? [];
  return line ? html`<b>${t("intake.line", { n: line })}</b> ${field && html`<code>${field}</code>`}` : html`<code>${pointer}</code>`;
}

const Outcome = ({ of, busy, keep }) => html`<section class="outcome" aria-live="polite"><h3>${t(of.dry_run ? "intake.would" : "intake.did")}</h3>
  <p>${t("intake.outcome", { added: of.added, updated: of.updated, unchanged: of.unchanged })}</p>
  <div class="table-wrap" tabindex="0" role="region" aria-label=${t("intake.lines")}><table class="table"><thead><tr><th scope="col">${t("intake.line-head")}</th><th scope="col">${t("intake.state")}</th><th scope="col">${t("intake.what")}</th></tr></thead>
    <tbody>${of.lines.slice(0, shown).map((l, i) => html`<tr key=${i}><td class="num">${l.line}</td><td><span class="chip" data-s=${chip[l.outcome]}>${t("intake.outcomes." + l.outcome)}</span></td><td><bdi>${l.text}</bdi></td></tr>`)}</tbody></table></div>
  ${of.lines.length > shown && html`<p class="fine">${t("intake.more-lines", { n: of.lines.length - shown })}</p>`}
  ${of.dry_run && html`<div class="form-foot"><button type="button" class="btn primary" disabled=${busy || of.added + of.updated === 0} onClick=${keep}>${of.added + of.updated === 0 ? t("intake.nothing") : t("intake.take", { n: of.added + of.updated })}</button></div>`}</section>`;
