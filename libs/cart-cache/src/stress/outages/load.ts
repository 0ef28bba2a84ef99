import { RedisUnavailableError } from '@badger-store/redis-kit';
import type { Carts } from '../../carts';

export interface Seen {
  calls: number;
  acknowledged: number;
  /** Calls that rejected with `outcomeUnknown: true`. */
  unclear: number;
  /** Calls that rejected with `outcomeUnknown: false`. */
  refused: number;
  longestMs: number;
  /** Errors that are not the one that callers are promised. */
  readonly strange: string[];
}

/** Many callers that add to one cart repeatedly, also after errors. */
export function startLoad(cache: Carts, cartId: string, callers: number) {
  const seen: Seen = { calls: 0, acknowledged: 0, unclear: 0, refused: 0, longestMs: 0, strange: [] };
  const awaitingSuccess: ((at: number) => void)[] = [];
  let going = true;

  const addOnce = async () => {
    const startedAt = performance.now();
    try {
      await cache.addQuantity(cartId, 'mug');
      seen.acknowledged += 1;
      for (const tell of awaitingSuccess.splice(0)) tell(performance.now());
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) seen.strange.push(String(error));
      else if (error.outcomeUnknown) seen.unclear += 1;
      else seen.refused += 1;
    }
    seen.calls += 1;
    seen.longestMs = Math.max(seen.longestMs, performance.now() - startedAt);
  };
  const caller = async () => {
    while (going) {
      await addOnce();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const callersDone = Promise.all(Array.from({ length: callers }, caller));

  return {
    seen,
    /** When the next call succeeds. */
    nextSuccess: () => new Promise<number>((resolve) => awaitingSuccess.push(resolve)),
    async stop() {
      going = false;
      await callersDone;
    },
  };
}
