// Contenders in turn, in one run, several rounds; and what may be said of the rounds together.
import { rounds, turnsOfARound } from '../settings.mjs';

/** How far a ratio's rounds may lie apart, as the largest by the smallest, and how late one may end, before it is worth nothing. */
export const bearable = { throughput: 1.25, latency: 2, lateSeconds: 1.5 };
/** What a server under load uses of its core at least; else something else was measured. */
const saturated = 0.9;

/** A list for each contender of what `measure(contender, round)` resolved to, by the contender's name. */
export async function inTurn(contenders, measure, times = rounds) {
  const samples = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    for (const contender of contenders) samples[contender.name].push(await measure(contender, round));
  }
  return samples;
}

/**
 * As `inTurn`, each round in turns: `measureTurn(contender)` measures a part of a round, and a sample has the mean of the parts.
 * `then(contender, sample, round)` resolves to what more there is to say of a round.
 */
export async function inShortTurns(contenders, measureTurn, then = () => ({})) {
  const samples = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const turns = await inTurn(contenders, measureTurn, turnsOfARound);
    for (const contender of contenders) {
      const sample = together(turns[contender.name]);
      samples[contender.name].push({ ...sample, ...(await then(contender, sample, round)) });
    }
  }
  return samples;
}

const sum = (values) => values.reduce((all, value) => all + value, 0);
const meanOf = (values) => sum(values) / values.length;
/** What is not the mean of a round's turns. */
const ofTurns = {
  failed: sum,
  lateSeconds: (values) => Math.max(...values),
  memoryMb: (values) => Math.max(...values),
};

const together = (turns) =>
  Object.fromEntries(
    Object.keys(turns[0]).map((key) => [key, (ofTurns[key] ?? meanOf)(turns.map((turn) => turn[key]))]),
  );

export function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const spreadOf = (values) => ({
  value: medianOf(values),
  low: Math.min(...values),
  high: Math.max(...values),
});

/**
 * A figure of one contender by that of another, round by round. `refused` says why there is none to tell; `low` and `high` are there
 * as well where it is no more than that they lie too far apart.
 * `target`: `{ atLeast }` or `{ atMost }`. `saturates`: each was to use up its core.
 */
export function ratio({ what, against, target, of, by, pick, bears = bearable.throughput, saturates = false }) {
  const { value, low, high } = spreadOf(of.map((sample, round) => pick(sample) / pick(by[round])));
  const refused = whyRefused([...of, ...by], saturates);
  if (refused) return { what, against, target, refused };
  if (high / low <= bears) return { what, against, target, value, low, high };
  return { what, against, target, refused: `rounds lie between ${low.toFixed(2)} and ${high.toFixed(2)}`, low, high };
}

function whyRefused(samples, saturates) {
  const failed = sum(samples.map((sample) => sample.failed ?? 0));
  if (failed > 0) return `${failed} requests failed`;
  const late = Math.max(...samples.map(({ lateSeconds = 0 }) => lateSeconds));
  if (late > bearable.lateSeconds) return `a round took ${Math.round(late)} s longer than it should`;
  const leastUsed = Math.min(...samples.map(({ own }) => own));
  if (saturates && leastUsed < saturated) return `a server used only ${percent(leastUsed)} of its core`;
  return undefined;
}

/** Of rounds that lie too far apart to have a median it can still be said on which side of the target all of them are. */
export function isMet({ value, low, high, target }) {
  const meets = (figure) => ('atLeast' in target ? figure >= target.atLeast : figure <= target.atMost);
  if (value !== undefined) return meets(value);
  return low !== undefined && meets(low) === meets(high) ? meets(low) : undefined;
}

export const percent = (share) => `${Math.round(share * 100)} %`;
