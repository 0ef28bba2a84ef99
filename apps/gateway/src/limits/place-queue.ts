import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NoPlace, Place } from './places';

export interface PlaceQueueOptions {
  /** How long an attempt waits for a place. */
  readonly maxWaitMs?: number;
  readonly maxWaiting?: number;
  readonly maxWaitingPerKey?: number;
}

export type Taken = { readonly places: readonly Place[] } | { readonly refusal: NoPlace };

export interface PlaceQueue {
  /** Takes places, and takes them again while they may come free and the attempt may wait. */
  acquire(take: () => Promise<Taken>): Promise<Taken>;
}

/** A place may come free at another gateway, which sends no notice. Those that wait ask at different moments. */
const pollMs = () => 100 + Math.random() * 200;

/** Lets a bounded number of attempts wait for a place, for a bounded time. */
export function createPlaceQueue(options: PlaceQueueOptions = {}): PlaceQueue {
  const { maxWaitMs = 8000, maxWaiting = 500, maxWaitingPerKey = 100 } = options;
  const waiting = new Map<string, number>();
  let waitingCount = 0;

  const wait = async (key: string) => {
    const others = waiting.get(key) ?? 0;
    waiting.set(key, others + 1);
    waitingCount += 1;
    await sleep(pollMs());
    waitingCount -= 1;
    const left = (waiting.get(key) ?? 1) - 1;
    if (left > 0) waiting.set(key, left);
    else waiting.delete(key);
  };

  return {
    async acquire(take) {
      const endsAt = performance.now() + maxWaitMs;
      for (;;) {
        const taken = await take();
        if ('places' in taken) return taken;
        const { key, retryAfterMs, mayComeFree } = taken.refusal;
        const msLeft = endsAt - performance.now();
        const isFull = waitingCount >= maxWaiting || (waiting.get(key) ?? 0) >= maxWaitingPerKey;
        if (isFull || msLeft <= 0 || !(mayComeFree || retryAfterMs < msLeft)) return taken;
        await wait(key);
      }
    },
  };
}
