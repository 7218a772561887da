import { projects } from "./rows.js";

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** How well a word fits a text: as its beginning, as that of a word in it, within it, by its letters in order; 0 is not at all. */
function fit(word, text) {
  const w = plain(word), s = plain(text), at = s.indexOf(w);
  if (at === 0) return 8;
  if (at > 0) return /[\s\-_/&(]/.test(s[at - 1]) ? 6 : 4;
  let i = 0;
  for (const letter of s) if (letter === w[i]) i++;
  return w.length > 2 && i === w.length && s[0] === w[0] ? 1 : 0;
}

/** What can be worked on: each open project by itself, where it may be, and with each of its tasks. */
export const choices = () => [...projects.value.values()].filter((p) => !p.closed)
  .flatMap((project) => [{ project, task: "" }, ...project.tasks.map((task) => ({ project, task }))]);

/** Those that every word fits, the best first; those used of late win among equals. used: keys "project|task", the latest first. */
export function find(words, used = []) {
  const found = [];
  for (const choice of choices()) {
    let score = 0;
    const named = `${choice.project.name} ${choice.task}`.trim();
    for (const word of words) {
      const best = Math.max(2 * fit(word, choice.project.name), 1.5 * fit(word, choice.task), fit(word, choice.project.customer));
      if (!best) { score = -1; break; }
      score += best;
    }
    if (score < 0) continue;
    const late = used.indexOf(`${choice.project.id}|${choice.task}`);
    found.push({ ...choice, score: score + (late >= 0 ? 3 - late / 50 : 0) + (choice.task && !words.length ? 0 : 0.001 * (100 - named.length)), late });
  }
  return found.sort((a, b) => b.score - a.score);
}
