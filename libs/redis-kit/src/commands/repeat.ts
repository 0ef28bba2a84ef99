import { setTimeout as sleep } from 'node:timers/promises';
import { isCertainlyNotRun } from '../redis-errors';
import type { Call } from './calls';

const maxPauseMs = 100;
/** For the last attempt. */
const lastAttemptMs = 20;
/** Waiting calls take memory, so further ones fail at once. */
const maxWaiting = 1000;

/** Exponential, capped and jittered. */
const pauseMsAfter = (attempt: number) =>
  (0.5 + Math.random() / 2) * Math.min(maxPauseMs, 5 * 2 ** Math.min(attempt, 10));

/** Returns a function that repeats an attempt that certainly had no effect, until the deadline of the call, or while `mayRepeat`. */
export function createRepeat(mayRepeat: () => boolean) {
  let waiting = 0;

  return async <Reply>(call: Call, attempt: () => Promise<Reply>): Promise<Reply> => {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt();
      } catch (error) {
        // The last attempt is shortly before the deadline.
        const leftMs = call.deadline - performance.now() - lastAttemptMs;
        const pauseMs = Math.min(pauseMsAfter(attempts), leftMs);
        const isInTime = !call.isSettled && leftMs > 0;
        if (!isInTime || !mayRepeat() || waiting >= maxWaiting || !isCertainlyNotRun(error, call.isSent)) throw error;
        call.markNotRun();
        waiting += 1;
        await sleep(pauseMs).finally(() => (waiting -= 1));
      }
    }
  };
}
