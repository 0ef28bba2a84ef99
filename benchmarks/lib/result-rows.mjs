// A result as rows of text, the same for the terminal and for the page.
import { isMet, medianOf, percent } from './rounds.mjs';
import { toText } from './table.mjs';

/** What a sample may tell: its title, and how a number of it is written. */
const columns = {
  perSecond: ['a second', toText],
  p99Ms: ['p99 at 70 %, ms', toText],
  bareP99Ms: ['that of bare Express, ms', toText],
  readyAfterMs: ['ready after, ms', toText],
  bytes: ['bytes', toText],
  allocatedKb: ['KB a request', toText],
  lost: ['lost', toText],
  own: ['of its core', percent],
  others: ['others on it', percent],
  stolen: ['stolen', percent],
  memoryMb: ['most memory, MB', toText],
};

/** The medians of each contender's rounds. */
export function sampleRows({ samples }) {
  const all = Object.values(samples).flat();
  const shown = Object.keys(columns).filter((key) => all.some((sample) => key in sample));
  const cell = (rounds, key) =>
    key in rounds[0] ? columns[key][1](medianOf(rounds.map((sample) => sample[key]))) : '';
  return [
    ['Medians', ...shown.map((key) => columns[key][0])],
    ...Object.entries(samples).map(([name, rounds]) => [name, ...shown.map((key) => cell(rounds, key))]),
  ];
}

export function figureRows({ figures }) {
  return [
    ['Figure', 'Against', 'Median', 'Rounds', 'Target', 'Met'],
    ...figures.map((figure) => [
      figure.what,
      figure.against ?? '',
      figure.refused ? 'refused' : toText(figure.value),
      figure.refused ?? `${toText(figure.low)} to ${toText(figure.high)}`,
      targetOf(figure),
      metOf(figure),
    ]),
  ];
}

const targetOf = ({ target }) =>
  target === undefined ? '' : 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;

function metOf(figure) {
  if (figure.target === undefined) return '';
  const met = isMet(figure);
  if (met === undefined) return 'not known';
  if (figure.refused) return met ? 'in every round' : 'in no round';
  return met ? 'yes' : 'no';
}

/** One sentence on how quiet the machine was. */
export function noiseOf({ samples }) {
  const all = Object.values(samples).flat();
  const most = (key) => Math.max(...all.map((sample) => sample[key] ?? 0));
  const tasks = all.map(({ taskMs }) => taskMs).filter(Boolean);
  if (tasks.length === 0) return 'Counts, which no noise changes.';
  const apart = percent(Math.max(...tasks) / Math.min(...tasks) - 1);
  return `Noise: the same task took up to ${apart} longer at one time than at another; on the server's core others used at most ${percent(most('others'))}, and its host took at most ${percent(most('stolen'))}.`;
}
