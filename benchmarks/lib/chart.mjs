// How far each figure is from its target, as bars in an SVG that reads on a light ground and on a dark one.
import { isMet } from './rounds.mjs';
import { toText } from './table.mjs';

const rowHeight = 30;
const [labelWidth, barWidth, valueWidth] = [430, 380, 130];
/** In parts of the target; longer bars are cut off. */
const most = 2;

/** `figures`: those with a target, each with the `title` of its subject. */
export function toChart(figures) {
  const height = figures.length * rowHeight + 60;
  const width = labelWidth + barWidth + valueWidth;
  const atTarget = labelWidth + barWidth / most;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Figures by their targets">`,
    '<style>text{font:13px system-ui,sans-serif;fill:#777}.met{fill:#2f9e6e}.missed{fill:#d9822b}.line{stroke:#777;stroke-dasharray:4 3}</style>',
    `<text x="${atTarget}" y="18" text-anchor="middle">target</text>`,
    `<line class="line" x1="${atTarget}" x2="${atTarget}" y1="26" y2="${height - 30}"/>`,
    ...figures.flatMap(toBar),
    `<text x="10" y="${height - 10}">Longer is better: the figure by its target, or the target by a figure that should be small.</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function toBar(figure, row) {
  const y = 30 + row * rowHeight;
  const against = figure.against ? ` against ${figure.against}` : '';
  const label = `<text x="${labelWidth - 10}" y="${y + 16}" text-anchor="end">${escape(`${figure.subject}, ${figure.what}${against}`)}</text>`;
  if (figure.value === undefined) return [label, `<text x="${labelWidth + 6}" y="${y + 16}">refused</text>`];
  const length = (Math.min(partOf(figure), most) / most) * barWidth;
  return [
    label,
    `<rect class="${isMet(figure) ? 'met' : 'missed'}" x="${labelWidth}" y="${y + 3}" width="${length.toFixed(1)}" height="18" rx="2"/>`,
    `<text x="${labelWidth + barWidth + 10}" y="${y + 16}">${toText(figure.value)} (${signOf(figure)})</text>`,
  ];
}

const signOf = ({ target }) => ('atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`);

function partOf({ value, target }) {
  if ('atLeast' in target) return value / target.atLeast;
  return value <= target.atMost && target.atMost === 0 ? 1 : target.atMost / value;
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
