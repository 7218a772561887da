import { html, useSignal } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { useLoad } from "../../lib/load.js";
import { Failure, Loading } from "../../lib/ui.js";
import { Field, Head } from "./parts.js";

/** The report that the tests of this version wrote: what standards demand of the authorization server, and what proves it. */
export default function Conformance() {
  const loaded = useLoad(read), q = useSignal(""), sections = loaded.value.value;
  if (loaded.error.value) return html`<${Head} title=${t("conformance.title")} /><${Failure} error=${loaded.error.value} retry=${loaded.reload} />`;
  if (!sections) return html`<${Head} title=${t("conformance.title")} /><${Loading} />`;
  const all = sections.flatMap((s) => s.list), wanted = q.value.trim().toLowerCase();
  const found = sections.map((s) => ({ ...s, list: s.list.filter((one) => one.join(" ").toLowerCase().includes(wanted)) })).filter((s) => s.list.length > 0);
  return html`<${Head} title=${t("conformance.title")} /><p class="fine">${t("conformance.about")}</p>
    <section class="card pad"><div class="tallies"><div><b class="num">${all.filter(holds).length}</b><span>${t("conformance.hold")}</span></div>
      <div><b class="num">${all.filter(apart).length}</b><span>${t("conformance.apart")}</span></div>
      <div><b class="num">${all.filter((s) => !holds(s) && !apart(s)).length}</b><span>${t("conformance.fail")}</span></div></div></section>
    <div class="filters"><${Field} label=${t("conformance.search")} hint=${t("conformance.search-hint")} type="search" value=${q.value} onInput=${(v) => { q.value = v; }} /></div>
    ${found.length === 0 ? html`<p class="empty" role="status">${t("conformance.none")}</p>` : found.map((s) => html`<${Section} key=${s.title} of=${s} open=${wanted !== ""} />`)}`;
}

const holds = (s) => s[4] === "holds", apart = (s) => s[4].startsWith("does not apply");

/** A section opens when it is asked for, or something is looked for: all at once would be a long way to scroll. */
const Section = ({ of, open }) => html`<details class="card section" open=${open}><summary><h2>${of.title}</h2>
    <span class="num">${t("conformance.tally", { holds: of.list.filter(holds).length, n: of.list.length })}</span></summary>
  <div class="table-wrap" lang="en"><table class="table stack statements"><thead><tr><th scope="col">${t("conformance.id")}</th><th scope="col">${t("conformance.statement")}</th><th scope="col">${t("conformance.state")}</th></tr></thead>
    <tbody>${of.list.map((s) => html`<${Statement} key=${s[0]} of=${s} />`)}</tbody></table></div></details>`;

const Statement = ({ of: [id, level, says, source, result, tests] }) => html`<tr><td><b class="num">${id}</b><span class="second">${t("conformance.level." + level)}</span></td>
  <td>${says}<span class="second">${source}</span>${tests && html`<details><summary class="fine">${t("conformance.proof")}</summary><span class="fine id">${tests}</span></details>`}</td>
  <td><${Result} of=${result} /></td></tr>`;

function Result({ of }) {
  if (of === "holds") return html`<span class="chip" data-s="approved">${t("conformance.holds")}</span>`;
  const [, because] = /^does not apply: (.*)/.exec(of) ?? [];
  return because ? html`<span class="chip" data-s="draft">${t("conformance.not-applicable")}</span><span class="second">${because}</span>` : html`<span class="chip" data-s="rejected">${of}</span>`;
}

/** CONFORMANCE.md, which the tests write: "## section" and rows of six cells. */
async function read() {
  const response = await fetch(document.getElementById("app").dataset.assets + "/CONFORMANCE.md");
  if (!response.ok) throw new Error(t("conformance.missing"));
  const sections = [];
  for (const line of (await response.text()).split("\n")) {
    if (line.startsWith("## ")) sections.push({ title: line.slice(3), list: [] });
    else if (sections.length > 0 && /^\| [A-Z]/.test(line)) sections.at(-1).list.push(line.slice(2, -2).split(/ ?(?<!\\)\| ?/).map(plain));
  }
  return sections;
}

const plain = (cell) => cell.replace(/\\([|*_])/g, "$1").replaceAll("&lt;", "<");
