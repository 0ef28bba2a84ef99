import { performance } from 'node:perf_hooks';
import type { RedisClient } from '../connect-redis';
import { RedisUnavailableError } from '../redis-errors';
import { increment } from './increment';

export interface Trickle {
  readonly acknowledged: number;
  /** Those of which the caller was told that they may have happened. */
  readonly unclear: number;
  /** Those that were refused with certainty. */
  readonly refused: number;
  readonly slowestMs: number;
  /** Anything but a `RedisUnavailableError`. */
  readonly surprises: readonly unknown[];
  lastSuccessAt(): number;
  stop(): Promise<void>;
}

/** Calls every few ms, without waiting for answers, until it is stopped, and keeps count of how the calls ended. */
export function startTrickle(client: RedisClient, nextKey: () => string, everyMs = 5): Trickle {
  const count = { acknowledged: 0, unclear: 0, refused: 0, slowestMs: 0, surprises: [] as unknown[] };
  const underWay = new Set<Promise<void>>();
  let succeededAt = 0;

  const one = async () => {
    const startedAt = performance.now();
    try {
      await client.run(increment, nextKey());
      count.acknowledged += 1;
      succeededAt = performance.now();
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) count.surprises.push(error);
      else if (error.outcomeUnknown) count.unclear += 1;
      else count.refused += 1;
    }
    count.slowestMs = Math.max(count.slowestMs, performance.now() - startedAt);
  };
  const timer = setInterval(() => {
    const call = one().finally(() => underWay.delete(call));
    underWay.add(call);
  }, everyMs);
  return Object.assign(count, {
    lastSuccessAt: () => succeededAt,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  });
}
