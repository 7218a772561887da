import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { pinned, recentRows } from "../../lib/week.js";
import { find } from "../../lib/week/find.js";
import { Dot, Icon } from "../../lib/ui.js";

const key = (project, task) => `${project}|${task}`;

/** What was worked on of late, pinned first: keys "project|task". Empty until it is known. */
export function useUsed() {
  const [used, setUsed] = useState(() => pinned.value.map((p) => key(p.project_id, p.task)));
  useEffect(() => { recentRows().then((rows) => setUsed([...new Set([...pinned.value, ...rows].map((r) => key(r.project_id, r.task)))])); }, []);
  return used;
}

/** A combobox of projects and tasks: pinned and recent first, then all that fits. choose({project, task}). */
export function Choose({ choose, label }) {
  const [text, setText] = useState(""), [at, setAt] = useState(0), used = useUsed(), list = useRef();
  const [of, own] = text.split("/").map((s) => s.trim());
  const found = options(of, own, used), end = found.length - 1, active = Math.min(at, end);
  const show = (i) => { setAt(i); list.current?.children[i]?.scrollIntoView({ block: "nearest" }); };
  const keys = (e) => {
    const act = { ArrowDown: () => show(Math.min(end, active + 1)), ArrowUp: () => show(Math.max(0, active - 1)), Enter: () => found[active] && choose(found[active]) }[e.key];
    if (act && !e.isComposing) { e.preventDefault(); act(); }
  };
  return html`<div class="choose"><label class="field"><span class="label">${label}</span>
      <input class="input" role="combobox" autofocus autocomplete="off" aria-expanded="true" aria-controls="choices" aria-autocomplete="list" aria-activedescendant=${end >= 0 ? `choice-${active}` : undefined}
        placeholder=${t("week.search")} value=${text} onInput=${(e) => { setText(e.currentTarget.value); setAt(0); }} onKeyDown=${keys} /></label>
    <p class="fine">${t("week.own-task")}</p>
    <ul id="choices" role="listbox" aria-label=${label} ref=${list}>${found.map((c, i) => html`<li key=${key(c.project.id, c.task)} id="choice-${i}" role="option" aria-selected=${String(i === active)}
      onPointerMove=${() => setAt(i)} onClick=${() => choose(c)}><${Dot} id=${c.project.id} /><span><b><bdi>${c.project.name}</bdi></b> <bdi>${c.task || t("week.no-task")}</bdi>${c.project.customer && html` <small><bdi>${c.project.customer}</bdi></small>`}</span>${c.late >= 0 && html`<small>${t("week.recent")}</small>`}</li>`)}</ul>
    ${end < 0 && html`<p class="empty"><${Icon} name="search" /> ${t("week.nothing-found")}</p>`}</div>`;
}

/** With "project / words" the words are a task of one's own, where the project takes any. */
function options(of, own, used) {
  const words = of.split(/\s+/).filter(Boolean);
  if (own === undefined) return find(words, used).slice(0, 60);
  const fitting = [...new Map(find(words, used).map((c) => [c.project.id, c.project])).values()];
  return fitting.flatMap((project) => {
    const tasks = project.tasks.filter((task) => task.toLowerCase().includes(own.toLowerCase()));
    const free = own && !project.tasks_only && !project.tasks.includes(own) ? [own.slice(0, 200)] : [];
    return [...free, ...tasks].map((task) => ({ project, task, late: used.indexOf(key(project.id, task)) }));
  }).slice(0, 60);
}
