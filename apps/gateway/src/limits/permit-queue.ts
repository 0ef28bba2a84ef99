import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Denial, type Permit } from './permits';

export interface PermitQueueOptions {
  readonly maxWaitMs?: number;
  readonly maxWaiting?: number;
  readonly maxWaitingPerKey?: number;
}

export type Acquired = readonly Permit[] | Denial;

export const isDenied = (acquired: Acquired): acquired is Denial => 'isTemporary' in acquired;

/** A permit may be released at another gateway, which sends no notice. The jitter spreads the polls. */
const pollMs = () => 100 + Math.random() * 200;

/** Repeats `acquire` while permits may be released, for a bounded number of attempts and a bounded time. */
export function createPermitQueue({
  maxWaitMs = 8000,
  maxWaiting = 500,
  maxWaitingPerKey = 100,
}: PermitQueueOptions = {}) {
  const waitingKeys: string[] = [];

  return async (acquire: () => Promise<Acquired>): Promise<Acquired> => {
    const endsAt = performance.now() + maxWaitMs;
    for (;;) {
      const acquired = await acquire();
      if (!isDenied(acquired)) return acquired;
      const { key, retryAfterMs, isTemporary } = acquired;
      const leftMs = endsAt - performance.now();
      const isFull =
        waitingKeys.length >= maxWaiting || waitingKeys.filter((other) => other === key).length >= maxWaitingPerKey;
      if (isFull || leftMs <= 0 || !(isTemporary || retryAfterMs < leftMs)) return acquired;
      waitingKeys.push(key);
      await sleep(pollMs());
      waitingKeys.splice(waitingKeys.indexOf(key), 1);
    }
  };
}
