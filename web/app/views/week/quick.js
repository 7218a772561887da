import { html, useState } from "../../vendor/preact.js";
import { day as inWords, t } from "../../lib/i18n.js";
import { clock, today } from "../../lib/time.js";
import { useUnsaved } from "../../lib/unsaved.js";
import { addEntry, addRow, open as show, rows, undo, week } from "../../lib/week.js";
import { understand } from "../../lib/week/quick.js";
import { Dialog, Dot, Icon, say } from "../../lib/ui.js";
import { go } from "../../lib/router.js";
import { useUsed } from "./choose.js";

const dayWords = (date) => inWords(date, { weekday: "long", day: "numeric", month: "long" });

/** One line of words is an entry; what is understood of it is shown before Enter. */
export default function Quick({ close }) {
  const [text, setText] = useState(""), [at, setAt] = useState(0), used = useUsed();
  useUnsaved(text.trim() !== "");
  const said = understand(text, { used, day: shownDay() }), choices = said.choices.slice(0, 6), chosen = choices[Math.min(at, choices.length - 1)];
  const ready = Boolean(said.minutes && chosen);
  const enter = () => { if (ready) { close(); add(said, chosen); } };
  const keys = (e) => {
    const act = { Enter: enter, ArrowDown: () => setAt(Math.min(choices.length - 1, at + 1)), ArrowUp: () => setAt(Math.max(0, at - 1)) }[e.key];
    if (act && !e.isComposing) { e.preventDefault(); act(); }
  };
  return html`<${Dialog} title=${t("week.quick")} close=${close}><div class="quick">
    <label class="field"><span class="label">${t("week.quick-label")}</span>
      <input class="input" autofocus autocomplete="off" placeholder=${t("week.quick-example")} value=${text} aria-describedby="quick-said" onInput=${(e) => { setText(e.currentTarget.value); setAt(0); }} onKeyDown=${keys} /></label>
    <p class="fine">${t("week.quick-hint")}</p>
    <div id="quick-said" aria-live="polite" class="said ${ready ? "ready" : ""}">${text.trim() && preview(said, chosen)}</div>
    ${choices.length > 1 && html`<ul class="others" aria-label=${t("week.quick-others")}>${choices.map((c, i) => html`<li key=${c.project.id + c.task}><button class="btn quiet" aria-pressed=${String(c === chosen)} onClick=${() => setAt(i)}>
      <${Dot} id=${c.project.id} /><span><bdi>${c.project.name}</bdi>${c.task && html` · <bdi>${c.task}</bdi>`}</span></button></li>`)}</ul>`}
    <div class="form-foot"><button class="btn" onClick=${close}>${t("app.cancel")}</button><button class="btn primary" disabled=${!ready} onClick=${enter}>${t("week.enter")}</button></div></div><//>`;
}

/** The day that is meant where none is said: today if it is shown, else the last shown day that was. */
function shownDay() {
  const { start, end } = week.value;
  return start <= today() && today() <= end ? today() : today() < start ? start : end;
}

function preview(said, chosen) {
  if (!said.minutes) return said.meant ? t("week.quick-meant", { text: said.meant }) : t("week.quick-how-long");
  if (!chosen) return t(said.words.length ? "week.quick-unknown" : "week.quick-on-what", { words: said.words.join(" ") });
  return html`<p><b class="num">${clock(said.minutes)}</b> <${Dot} id=${chosen.project.id} /> <b><bdi>${chosen.project.name}</bdi></b>${chosen.task && html` · <bdi>${chosen.task}</bdi>`}</p>
    <p>${dayWords(said.date)}${said.tags.map((tag) => html` <em key=${tag}><bdi>#${tag}</bdi></em>`)}</p>${said.note && html`<p><${Icon} name="note" /> <bdi>${said.note}</bdi></p>`}`;
}

/** Goes to the day's week first, so that one sees what came of it. */
async function add({ minutes, date, tags, note }, { project, task }) {
  if (date < week.value.start || week.value.end < date) { go(`/app/week/${date}`); await show(date); }
  const key = addRow({ project_id: project.id, task }), row = rows.value.find((r) => r.key === key), day = week.value.days.find((d) => d.date === date);
  if (!row || !day) return say(t("week.quick-failed"));
  if (row.cells[date].locked) return say(row.cells[date].reason, { seconds: 10 });
  const taken = addEntry(row, date, { minutes, note, tags: tags.length ? tags : row.tags });
  say(t("week.added", { hours: clock(minutes), day: inWords(date, { weekday: "long" }) }), { action: t("app.undo"), act: undo, seconds: 10 });
  return taken;
}
