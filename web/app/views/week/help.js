import { html } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { Dialog } from "../../lib/ui.js";

const groups = {
  moving: [["↑ ↓ ← →", "move"], ["Tab", "tab"], ["Enter", "enter"], ["Shift Enter", "shift-enter"], ["Home", "home"], ["Ctrl Home", "ctrl-home"]],
  writing: [["F2", "f2"], ["Esc", "esc"], ["Ctrl D", "left"], ["Shift ↑ ↓ ← →", "block"], ["Ctrl C", "copy"], ["Ctrl V", "paste"], ["Delete", "delete"], ["Ctrl Z", "undo"]],
  week: [["/", "quick"], ["N", "lines"], ["T", "today"], ["[", "before"], ["]", "after"], ["Ctrl Enter", "submit"], ["?", "help"]],
};

/** What stands on a key, where it has a name. */
const keyName = (key) => (/^[A-Z][a-z]/.test(key) ? t(`week.keycap.${key.toLowerCase()}`) : key);

/** The keys, and how times are written. */
export default function Help({ close }) {
  return html`<${Dialog} title=${t("week.help")} close=${close}><div class="week-help">
    ${Object.entries(groups).map(([name, keys]) => html`<section key=${name}><h3>${t(`week.help-${name}`)}</h3><dl>${keys.map(([key, what]) => html`<div key=${key}>
      <dt>${key.split(" ").map((k) => html`<kbd key=${k}>${keyName(k)}</kbd> `)}</dt><dd>${t(`week.help-key.${what}`)}</dd></div>`)}</dl></section>`)}
    <section><h3>${t("week.help-times")}</h3><p>${t("week.help-times-detail")}</p></section></div><//>`;
}
