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
    ${found.length === 0 ? html`<p class="empty" role="status">${t("conformance.none")}</p>` : found.map((s) => html`<${Section} key=${s.title} of=${s} />`)}`;
}

const holds = (s) => s[4] === "holds", apart = (s) => s[4].startsWith("does not apply");

const Section = ({ of }) => html`<section class="card table-wrap" lang="en"><table class="table stack statements"><caption class="sr">${of.title}</caption>
  <thead><tr><th scope="col">${of.title}</th><th scope="col">${t("conformance.statement")}</th><th scope="col">${t("conformance.state")}</th></tr></thead>
  <tbody>${of.list.map((s) => html`<tr key=${s[0]}><td><b class="num">${s[0]}</b><span class="second">${t("conformance.level." + s[1])}</span></td>
    <td>${s[2]}<span class="second">${s[3]}</span>${s[5] && html`<details><summary class="fine">${t("conformance.proof")}</summary><span class="fine id">${s[5]}</span></details>`}</td>
    <td><span class="chip" data-s=${holds(s) ? "approved" : apart(s) ? "draft" : "rejected"}>${holds(s) ? t("conformance.holds") : apart(s) ? t("conformance.not-applicable") : s[4]}</span>
      ${apart(s) && html`<span class="second">${s[4].replace(/^does not apply: /, "")}</span>`}</td></tr>`)}</tbody></table></section>`;

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
