import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from './postgres-errors';

export interface RetryOptions {
  /** No retry starts later. Default 0: no retry. */
  readonly waitMs?: number;
  onRetry?(error: unknown): void;
}

const firstPauseMs = 100;
const maxPauseMs = 1000;

/** Runs a task again, with jittered backoff, while PostgreSQL is not up. */
export async function retryUntilUp<Result>(
  run: () => Promise<Result>,
  { waitMs = 0, onRetry }: RetryOptions = {},
): Promise<Result> {
  const endsAt = performance.now() + waitMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    try {
      return await run();
    } catch (error) {
      const jitteredMs = pauseMs * (0.5 + Math.random() / 2);
      if (!isTransient(error) || performance.now() + jitteredMs > endsAt) throw error;
      onRetry?.(error);
      await sleep(jitteredMs);
    }
  }
}
