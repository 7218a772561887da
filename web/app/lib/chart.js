import { html, useEffect, useRef, useSignal } from "../vendor/preact.js";
import { clock } from "./time.js";
import { hue } from "./ui.js";

/** How wide an element is, in CSS pixels, so that what is drawn in it doesn't scale its text. */
function useWidth() {
  const ref = useRef(), width = useSignal(720);
  useEffect(() => {
    const seen = new ResizeObserver(([entry]) => { width.value = Math.max(280, Math.round(entry.contentRect.width)); });
    seen.observe(ref.current);
    return () => seen.disconnect();
  }, []);
  return [ref, width.value];
}

const pad = { left: 40, right: 8, top: 12, bottom: 26 };

/** A step for the axis, in minutes, so that there are about five. */
const stepFor = (most) => [60, 120, 300, 600, 1200, 2400, 6000, 12000, 24000, 60000].find((s) => most / s <= 6) ?? 120000;

/** Stacked columns: columns are [{name, title, parts: [{id, name, minutes}]}]. Text stays text: selectable, themed, read aloud. */
export function Columns({ columns, label, height = 240 }) {
  const [ref, width] = useWidth();
  const sums = columns.map((c) => c.parts.reduce((a, p) => a + p.minutes, 0)), step = stepFor(Math.max(60, ...sums));
  const most = Math.max(step, Math.ceil(Math.max(...sums) / step) * step), w = width - pad.left - pad.right, h = height - pad.top - pad.bottom;
  const y = (minutes) => pad.top + h - (h * minutes) / most, slot = w / columns.length, bar = Math.min(36, slot * 0.62);
  const every = Math.ceil(columns.length / Math.max(1, Math.floor(w / 58)));
  return html`<figure class="chart" ref=${ref}><svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" role="img" aria-label=${label}>
    ${Array.from({ length: most / step + 1 }, (_, i) => i * step).map((m) => html`<g key=${m}><line class="rule" x1=${pad.left} x2=${width - pad.right} y1=${y(m)} y2=${y(m)} /><text class="axis" x=${pad.left - 8} y=${y(m) + 4} text-anchor="end">${m / 60}</text></g>`)}
    ${columns.map((column, i) => html`<${Column} key=${column.name} column=${column} x=${pad.left + slot * i} slot=${slot} bar=${bar} y=${y} height=${height} named=${i % every === 0} sum=${sums[i]} />`)}
  </svg></figure>`;
}

function Column({ column, x, slot, bar, y, height, named, sum }) {
  const left = x + (slot - bar) / 2;
  let base = 0;
  return html`<g class="column"><title>${column.title}: ${clock(sum)}</title><rect class="hit" x=${x} y=${pad.top} width=${slot} height=${height - pad.top - pad.bottom} />
    ${column.parts.map((part) => { const top = y(base + part.minutes), tall = Math.max(0, y(base) - top - 1); base += part.minutes;
      return html`<rect key=${part.id} class="hue-fill" style=${{ "--h": hue(part.id) }} x=${left} y=${top} width=${bar} height=${tall} rx="2" />`; })}
    ${named && html`<text class="axis" x=${x + slot / 2} y=${height - 8} text-anchor="middle">${column.name}</text>`}</g>`;
}
