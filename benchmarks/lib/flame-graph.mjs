// A flame graph as one SVG: a function is as wide as the time that it and what it called were at work, callers stand below.
const width = 1600;
const rowHeight = 18;
/** Narrower ones, in px, are left out. */
const narrowest = 0.4;
const colours = { app: '#d9622b', library: '#e0a03c', node: '#8fa8c8' };

export function toFlameGraph(tree, title) {
  const rects = [];
  let depth = 0;
  const visit = (node, x, level) => {
    const wide = (node.all / tree.all) * width;
    if (wide < narrowest) return;
    depth = Math.max(depth, level);
    rects.push({ ...node, x, wide, level });
    let next = x;
    for (const child of node.children) {
      visit(child, next, level + 1);
      next += (child.all / tree.all) * width;
    }
  };
  visit(tree, 0, 0);
  const height = (depth + 1) * rowHeight + 34;
  const yOf = (level) => height - (level + 1) * rowHeight - 4;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="100%">`,
    '<style>text{font:11px ui-monospace,monospace;fill:#111;pointer-events:none}rect{stroke:#fff;stroke-width:.5}rect:hover{stroke:#000}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="6" y="18">${escape(title)}</text>`,
    ...rects.map((rect) => toRect(rect, yOf(rect.level), tree.all)),
    '</svg>',
    '',
  ].join('\n');
}

function toRect({ name, place, all, own, x, wide }, y, total) {
  const percent = (ms) => `${((100 * ms) / total).toFixed(1)} %`;
  const told = escape(`${name} ${place}: ${percent(all)}, itself ${percent(own)}`);
  const letters = Math.floor((wide - 6) / 6.7);
  const label =
    letters > 3 ? `<text x="${(x + 3).toFixed(1)}" y="${y + 13}">${escape(name.slice(0, letters))}</text>` : '';
  return `<g><title>${told}</title><rect x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${rowHeight}" fill="${colours[kindOf(place)]}"/>${label}</g>`;
}

function kindOf(place) {
  if (/^(apps|libs)\//.test(place)) return 'app';
  return place.startsWith('node_modules') ? 'library' : 'node';
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
