import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';

/** What Redis's clock will show, at most, when a local deadline is over; in ms since 1970. */
export interface RedisClock {
  notAfter(deadlineMs: number): Promise<number>;
}

/**
 * Measures how far Redis's clock is from this process's monotonic one, anew on each connection (another server may answer
 * there). The time is taken as read when the answer arrived, so the estimate errs on the early side: a command is never
 * carried out after its caller's deadline.
 */
export function createRedisClock(redis: Redis): RedisClock {
  let offset: Promise<number> | undefined;

  const measure = async (): Promise<number> => {
    const [seconds = 0, microseconds = 0] = await redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) - performance.now();
  };
  const forget = () => (offset = undefined);
  redis.on('close', forget);

  return {
    async notAfter(deadlineMs) {
      const until = performance.now() + deadlineMs;
      offset ??= measure().catch((error: unknown) => {
        forget();
        throw error;
      });
      return Math.floor(until + (await offset));
    },
  };
}
