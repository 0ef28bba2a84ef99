// Contenders in turn, in one run, several rounds; and what the rounds say together.
import { rounds } from '../settings.mjs';

/** How far a ratio's rounds may lie apart, as the largest by the smallest. */
const maxSpread = { throughput: 1.25, latency: 2 };
/** The share of its core that a server under load uses; below this, something else was measured. */
const saturated = 0.9;

/** A list for each contender of what `measure(contender)` resolved to, by the contender's name. */
export async function roundRobin(contenders, measure, times = rounds) {
  const samples = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    for (const contender of contenders) samples[contender.name].push(await measure(contender));
  }
  return samples;
}

export function getMedian(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A figure of one contender alone: `key` of its samples. */
export const figure = (what, samples, key, target) => ({
  what,
  target,
  ...summarize(samples.map((each) => each[key])),
});

/**
 * `key` of one contender's samples by that of another's, round by round. `refused` says why the median means nothing.
 * `target`: `{ atLeast }` or `{ atMost }`. `saturates`: each was to use up its core.
 */
export function ratio({ what, against, target, of, by, key, spread = maxSpread.throughput, saturates = false }) {
  const result = { what, against, target, ...summarize(of.map((sample, round) => sample[key] / by[round][key])) };
  return { ...result, refused: findRefusal([...of, ...by], result, spread, saturates) };
}

export const latencySpread = maxSpread.latency;

const summarize = (values) => ({ value: getMedian(values), low: Math.min(...values), high: Math.max(...values) });

function findRefusal(samples, { low, high }, spread, saturates) {
  const failed = samples.reduce((sum, sample) => sum + (sample.failed ?? 0), 0);
  if (failed > 0) return `${failed} requests failed`;
  const minOwnCore = Math.min(...samples.map(({ ownCore }) => ownCore));
  if (saturates && minOwnCore < saturated) return `a server used only ${Math.round(minOwnCore * 100)} % of its core`;
  return high / low > spread ? 'its rounds lie too far apart' : undefined;
}

export const isMet = ({ value, target }) => ('atLeast' in target ? value >= target.atLeast : value <= target.atMost);
