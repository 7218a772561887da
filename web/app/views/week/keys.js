import { signal } from "../../vendor/preact.js";
import { t } from "../../lib/i18n.js";
import { format, parse } from "../../lib/time.js";
import { addDays } from "../../lib/time.js";
import { refuse, rows, setCells, typing, undo, week } from "../../lib/week.js";
import { say } from "../../lib/ui.js";
import { commit } from "./cell.js";

/** The block of cells that is selected with Shift and arrows: {r, c, r2, c2}, from where it began to where it goes. */
export const block = signal(null);
/** The cell in which one is, {r, c}; it stays when one leaves the grid. */
export const focused = signal({ r: 0, c: 0 });

export function focusCell(r, c) {
  const to = { r: Math.max(0, Math.min(rows.peek().length - 1, r)), c: Math.max(0, Math.min(6, c)) };
  const input = document.querySelector(`.grid input[data-r="${to.r}"][data-c="${to.c}"]`);
  input?.focus();
  input?.select();
  return Boolean(input);
}

const corners = () => {
  const b = block.peek() ?? { ...focused.peek(), r2: focused.peek().r, c2: focused.peek().c };
  return { top: Math.min(b.r, b.r2), left: Math.min(b.c, b.c2), bottom: Math.max(b.r, b.r2), right: Math.max(b.c, b.c2) };
};
const dayAt = (c) => addDays(week.peek().start, c);
export const inBlock = (b, r, c) => Boolean(b) && r >= Math.min(b.r, b.r2) && r <= Math.max(b.r, b.r2) && c >= Math.min(b.c, b.c2) && c <= Math.max(b.c, b.c2);

function extend(dr, dc) {
  const { r, c } = focused.peek(), b = block.peek() ?? { r, c, r2: r, c2: c };
  block.value = { ...b, r2: Math.max(0, Math.min(rows.peek().length - 1, b.r2 + dr)), c2: Math.max(0, Math.min(6, b.c2 + dc)) };
  return true;
}

function move(r, c) {
  block.value = null;
  commit();
  return focusCell(r, c);
}

/** Esc leaves the cell as it was. */
function revert(input) {
  const { r, c } = focused.peek(), cell = rows.peek()[r].cells[dayAt(c)];
  typing.value = null;
  block.value = null;
  input.value = cell.status === "refused" ? cell.text : format(cell.minutes);
  input.select();
  return true;
}

/** Sets cells as one step and says what couldn't be set. */
export function fill(list, words) {
  const { skipped, set } = setCells(list);
  const text = [t(words, { n: set }), skipped.length && t("week.skipped-locked", { n: skipped.length })].filter(Boolean).join(" ");
  if (set || skipped.length) say(text, set ? { action: t("app.undo"), act: undo, seconds: 10 } : {});
}

/** The cells of the block take what is left of it; a single one, what is left of that. */
function fillFromLeft() {
  commit();
  const { top, left, bottom, right } = corners(), from = block.peek() ? left : left - 1, list = [];
  if (from < 0) return true;
  for (let r = top; r <= bottom; r++) {
    const row = rows.peek()[r];
    for (let c = from + 1; c <= right; c++) list.push({ key: row.key, date: dayAt(c), minutes: row.cells[dayAt(from)].minutes });
  }
  fill(list, "week.filled");
  return true;
}

function clearBlock() {
  const { top, left, bottom, right } = corners(), list = [];
  for (let r = top; r <= bottom; r++) for (let c = left; c <= right; c++) list.push({ key: rows.peek()[r].key, date: dayAt(c), minutes: 0 });
  fill(list.filter(({ key, date }) => rows.peek().find((row) => row.key === key).cells[date].minutes), "week.cleared");
  return true;
}

function takeBack() {
  if (typing.peek()) return false; // the browser's own undo is for what is being typed
  say(t(undo() ? "week.undone" : "week.nothing-to-undo"));
  return true;
}

/** Keys within the grid. lines(date) opens the lines of a day. */
export function gridKeys(e, { lines }) {
  const i = e.target;
  if (!i.matches?.("input.h") || e.isComposing) return;
  const r = Number(i.dataset.r), c = Number(i.dataset.c), all = i.selectionStart === 0 && i.selectionEnd === i.value.length;
  const start = all || i.selectionEnd === 0, end = all || i.selectionStart === i.value.length, ctrl = e.ctrlKey || e.metaKey, several = rows.peek()[r]?.cells[dayAt(c)]?.entries.length > 1;
  const plain = {
    ArrowUp: () => move(r - 1, c), ArrowDown: () => move(r + 1, c), Enter: () => (several ? lines(dayAt(c)) ?? true : move(r + 1, c)),
    ArrowLeft: () => start && move(r, c - 1), ArrowRight: () => end && move(r, c + 1),
    Home: () => all && move(r, 0), End: () => all && move(r, 6), Escape: () => revert(i),
    F2: () => (several ? lines(dayAt(c)) ?? true : (i.setSelectionRange(i.value.length, i.value.length), true)),
    Delete: () => block.peek() && clearBlock(), Backspace: () => block.peek() && clearBlock(),
  };
  const shifted = {
    ArrowUp: () => !typing.peek() && extend(-1, 0), ArrowDown: () => !typing.peek() && extend(1, 0), ArrowLeft: () => !typing.peek() && extend(0, -1), ArrowRight: () => !typing.peek() && extend(0, 1),
    Enter: () => move(r - 1, c),
  };
  const controlled = { Home: () => move(0, 0), End: () => move(rows.peek().length - 1, 6), d: fillFromLeft, z: takeBack };
  if (e.altKey || (ctrl && e.shiftKey)) return;
  const act = (ctrl ? controlled : e.shiftKey ? shifted : plain)[e.key];
  if (act?.()) e.preventDefault();
}

/** What a spreadsheet takes: rows of tabs. */
export function copyBlock(e) {
  if (!block.peek() || !e.target.matches?.("input.h")) return;
  const { top, left, bottom, right } = corners(), lines = [];
  for (let r = top; r <= bottom; r++) {
    const cells = [];
    for (let c = left; c <= right; c++) cells.push(format(rows.peek()[r].cells[dayAt(c)].minutes));
    lines.push(cells.join("\t"));
  }
  e.clipboardData.setData("text/plain", lines.join("\n"));
  e.preventDefault();
  say(t("week.copied-cells", { n: lines.length * (right - left + 1) }));
}

/** A block from a spreadsheet goes where one is; one value goes into each cell of the selected block. What is no time stays in its cell to be mended. */
export function pasteBlock(e) {
  const text = e.clipboardData.getData("text/plain").replace(/\r?\n$/, ""), many = block.peek();
  if (!e.target.matches?.("input.h") || !(many || /[\t\n]/.test(text))) return;
  e.preventDefault();
  typing.value = null;
  const { top, left, bottom, right } = corners(), one = !/[\t\n]/.test(text), list = [];
  const lines = one ? Array.from({ length: bottom - top + 1 }, () => Array(right - left + 1).fill(text)) : text.split(/\r?\n/).map((line) => line.split("\t"));
  let beyond = 0;
  lines.forEach((line, i) => line.forEach((value, j) => {
    const row = rows.peek()[top + i];
    if (!row || left + j > 6) { beyond += value.trim() ? 1 : 0; return; }
    const minutes = parse(value), cell = row.cells[dayAt(left + j)];
    if (minutes === null && !cell.locked) refuse(row.key, dayAt(left + j), value.slice(0, 40));
    else list.push({ key: row.key, date: dayAt(left + j), minutes: minutes ?? 0 });
  }));
  fill(list, "week.pasted");
  if (beyond) say(t("week.beyond", { n: beyond }), { action: t("app.undo"), act: undo, seconds: 10 });
}
