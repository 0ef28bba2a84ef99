import { LRUCache } from 'lru-cache';
import type { SlowDown } from './limit-scripts';

/** The rule of `attempt.lua` and `succeeded.lua`, for what this process saw itself. */
export interface FailuresSeen {
  /** In ms; 0 when the next attempt may be made. */
  waitOf(key: string): number;
  /** Counts an attempt as failed. */
  count(key: string, rule: SlowDown): void;
  /** The last attempt was no failure. The failures that stay are forgotten when they would have been without it. */
  takeBack(key: string): void;
  forget(key: string): void;
}

interface Failures {
  readonly count: number;
  readonly until: number;
  readonly endsAt: number;
  readonly endsBefore: number;
}

/** Beyond so many keys the least recently used is forgotten. */
export function createFailuresSeen(mostKeys: number): FailuresSeen {
  const seen = new LRUCache<string, Failures>({ max: mostKeys });

  const find = (key: string): Failures => {
    const now = Date.now();
    const known = seen.get(key);
    return known && now < known.endsAt ? known : { count: 0, until: 0, endsAt: now, endsBefore: now };
  };

  return {
    waitOf: (key) => Math.max(0, find(key).until - Date.now()),
    count(key, { freeFailures, firstDelayMs, longestDelayMs, lifeMs }) {
      const now = Date.now();
      const known = find(key);
      const count = known.count + 1;
      const over = count - freeFailures;
      const delay = over < 0 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(over, 40));
      seen.set(key, { count, until: now + delay, endsAt: now + lifeMs, endsBefore: known.endsAt });
    },
    takeBack(key) {
      const { count, endsAt, endsBefore } = find(key);
      if (count <= 1) return void seen.delete(key);
      seen.set(key, {
        ...{ count: count - 1, until: 0, endsBefore },
        endsAt: endsBefore > Date.now() ? endsBefore : endsAt,
      });
    },
    forget: (key) => void seen.delete(key),
  };
}
