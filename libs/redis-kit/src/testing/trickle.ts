import { performance } from 'node:perf_hooks';
import type { RedisClient } from '../create-client';
import { RedisUnavailableError } from '../redis-errors';
import { increment } from './increment';

export interface Trickle {
  readonly acknowledged: number;
  /** Rejected with `outcomeUnknown: true`. */
  readonly unclear: number;
  /** Rejected with `outcomeUnknown: false`. */
  readonly refused: number;
  readonly slowestMs: number;
  /** Anything but a `RedisUnavailableError`. */
  readonly surprises: readonly unknown[];
  lastSuccessAt(): number;
  stop(): Promise<void>;
}

/** Calls every few ms until `stop`, without waiting for replies, and counts the outcomes. */
export function startTrickle(client: RedisClient, nextKey: () => string, everyMs = 5): Trickle {
  const count = { acknowledged: 0, unclear: 0, refused: 0, slowestMs: 0, surprises: [] as unknown[] };
  const inFlight = new Set<Promise<void>>();
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
    const call = one().finally(() => inFlight.delete(call));
    inFlight.add(call);
  }, everyMs);
  return Object.assign(count, {
    lastSuccessAt: () => succeededAt,
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
    },
  });
}
