import { performance } from 'node:perf_hooks';
import type { NoPlace, Place } from './places';

export interface PlaceQueueOptions {
  /** How long a try waits where this gateway has no other try in flight that may free a place; another gateway may have. */
  readonly idleWaitMs?: number;
  /** How long a try waits where it has. */
  readonly maxWaitMs?: number;
  readonly maxWaiting?: number;
  readonly maxWaitingPerKey?: number;
}

export type Taken = { readonly places: readonly Place[] } | { readonly refusal: NoPlace };

export interface PlaceQueue {
  /** Takes places, if need be again and again for a bounded time. */
  acquire(take: () => Promise<Taken>): Promise<Taken>;
  /** To be called when a try has ended and has given back what it gives back. */
  release(places: readonly Place[]): void;
}

/** Places of other gateways come free without notice. */
const pollMs = 250;

/** Lets tries wait for a place, a bounded number of them. */
export function createPlaceQueue(options: PlaceQueueOptions = {}): PlaceQueue {
  const { idleWaitMs = 1000, maxWaitMs = 5000, maxWaiting = 500, maxWaitingPerKey = 100 } = options;
  const inFlight = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  let waitingCount = 0;

  const addInFlight = (key: string, change: number) => {
    const count = (inFlight.get(key) ?? 0) + change;
    if (count > 0) inFlight.set(key, count);
    else inFlight.delete(key);
  };

  const nextChance = (key: string, msLeft: number) =>
    new Promise<void>((resolve) => {
      const others = waiting.get(key) ?? new Set();
      const wake = () => {
        clearTimeout(timer);
        others.delete(wake);
        if (others.size === 0) waiting.delete(key);
        waitingCount -= 1;
        resolve();
      };
      const timer = setTimeout(wake, Math.min(pollMs, msLeft));
      waiting.set(key, others.add(wake));
      waitingCount += 1;
    });

  return {
    async acquire(take) {
      const startedAt = performance.now();
      for (;;) {
        const taken = await take();
        if ('places' in taken) {
          for (const { key } of taken.places) addInFlight(key, 1);
          return taken;
        }
        const { key } = taken.refusal;
        const msLeft = startedAt + (inFlight.has(key) ? maxWaitMs : idleWaitMs) - performance.now();
        const isFull = waitingCount >= maxWaiting || (waiting.get(key)?.size ?? 0) >= maxWaitingPerKey;
        if (msLeft <= 0 || isFull) return taken;
        await nextChance(key, msLeft);
      }
    },
    release(places) {
      for (const { key } of places) {
        addInFlight(key, -1);
        const [wakeFirst] = waiting.get(key) ?? [];
        wakeFirst?.();
      }
    },
  };
}
