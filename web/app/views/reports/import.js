import { html, useSignal } from "../../vendor/preact.js";
import { all, post, query } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { t } from "../../lib/i18n.js";
import { me } from "../../lib/me.js";
import { Failure, Icon, say } from "../../lib/ui.js";

const shown = 200;

/** Time from elsewhere: a file is looked through first, and kept wholly or not at all. */
export default function Import() {
  const file = useSignal(null), options = useSignal({ project_id: "", date_order: "", create_projects: false }), outcome = useSignal(null), error = useSignal(null), busy = useSignal(false), over = useSignal(false);
  const projects = useLoad(() => all("/projects?limit=200&closed=false"));
  const send = async (dry) => {
    busy.value = true; error.value = null;
    try {
      const { body } = await post(query("/timesheets/import", { ...options.value, create_projects: options.value.create_projects || undefined, dry_run: dry || undefined }), file.value, { headers: { "Content-Type": "text/csv" } });
      outcome.value = body;
      if (!dry) say(t("reports.imported", { n: body.added }));
    } catch (e) { outcome.value = null; error.value = e; } finally { busy.value = false; }
  };
  const choose = (chosen) => { if (chosen) { file.value = chosen; send(true); } };
  const change = (name, value) => { options.value = { ...options.value, [name]: value }; if (file.value) send(true); };
  return html`<section class="card pad"><h2>${t("reports.import-title")}</h2><p class="fine">${t("reports.import-hint")}</p>
      <label class="drop ${over.value ? "over" : ""}" onDragOver=${(e) => { e.preventDefault(); over.value = true; }} onDragLeave=${() => { over.value = false; }} onDrop=${(e) => { e.preventDefault(); over.value = false; choose(e.dataTransfer.files[0]); }}>
        <${Icon} name="save" /><b>${file.value ? file.value.name : t("reports.choose-file")}</b><span class="fine">${t("reports.drop")}</span><input type="file" class="sr" accept=".csv,text/csv" onChange=${(e) => { choose(e.target.files[0]); e.target.value = ""; /* so that the same file, mended, can be chosen again */ }} /></label>
      <div class="two-fields"><label class="field"><span class="label">${t("reports.default-project")}</span><select class="input" value=${options.value.project_id} onChange=${(e) => change("project_id", e.target.value)}><option value="">${t("reports.as-file")}</option>${projects.value.value?.map((p) => html`<option key=${p.id} value=${p.id}>${p.name}</option>`)}</select></label>
        <label class="field"><span class="label">${t("reports.date-order")}</span><select class="input" value=${options.value.date_order} onChange=${(e) => change("date_order", e.target.value)}>${[["", "find-out"], ["dmy", "dmy"], ["mdy", "mdy"]].map(([v, k]) => html`<option key=${k} value=${v}>${t("reports." + k)}</option>`)}</select></label></div>
      ${me.value.admin && html`<label class="check"><input type="checkbox" checked=${options.value.create_projects} onChange=${(e) => change("create_projects", e.target.checked)} /><span>${t("reports.create-projects")}</span></label>`}</section>
    ${busy.value && html`<p class="fine" role="status">${t("reports.reading")}</p>`}
    ${error.value && html`<${Faults} of=${error.value} />`}${outcome.value && html`<${Outcome} of=${outcome.value} busy=${busy.value} keep=${() => send(false)} />`}`;
}

const Faults = ({ of }) => html`<div class="card pad"><${Failure} error=${of} />${of.errors.length > 0 && html`<ul class="plain">${of.errors.slice(0, shown).map((e) => html`<li key=${e.pointer}><code>${e.pointer}</code><span>${e.detail}</span></li>`)}</ul>`}</div>`;

const Outcome = ({ of, busy, keep }) => html`<section class="card pad" aria-live="polite"><h2>${t(of.dry_run ? "reports.would" : "reports.did")}</h2>
  <p>${t("reports.outcome", { added: of.added, unchanged: of.unchanged, refused: of.refused })}${of.projects.length > 0 && html` ${t("reports.new-projects", { names: of.projects.join(", ") })}`}</p>
  ${of.dry_run && html`<div class="acts"><button class="btn primary" disabled=${busy || of.refused > 0 || of.added === 0} onClick=${keep}>${t("reports.import-now", { n: of.added })}</button>${of.refused > 0 && html`<span class="fine">${t("reports.mend-first")}</span>`}</div>`}
  <div class="table-wrap"><table class="table"><thead><tr><th scope="col">${t("reports.line")}</th><th scope="col">${t("reports.state")}</th><th scope="col">${t("reports.what")}</th></tr></thead>
    <tbody>${[...of.lines].sort((a, b) => (b.outcome === "refused") - (a.outcome === "refused")).slice(0, shown).map((l) => html`<tr key=${l.line}><td class="num">${l.line}</td><td><span class="chip" data-s=${{ added: "approved", unchanged: "draft", refused: "rejected" }[l.outcome]}>${t("reports.line-" + l.outcome)}</span></td><td><bdi>${l.text}</bdi></td></tr>`)}</tbody></table></div>
  ${of.lines.length > shown && html`<p class="fine">${t("reports.more-lines", { n: of.lines.length - shown })}</p>`}</section>`;
