import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';

/** What a server's clock will show, at most, when a local deadline is over. */
export interface RedisClock {
  /** `until` is in ms of this process's monotonic clock; the result is in ms since 1970. */
  notAfter(until: number): Promise<number>;
  /** Measures anew at the next call: the server's clock turned out to have jumped. */
  forget(): void;
}

/** Clocks drift apart, by 50 ppm where nothing keeps them together: 3 ms in this time. */
const remeasureMs = 60_000;

/**
 * Measures how far a server's clock is from this process's monotonic one, anew on each connection (another server may answer
 * there), and now and then without anyone waiting for it. The time is taken as read when the answer arrived, so the estimate
 * errs on the early side: a command is never carried out after its caller's deadline.
 */
export function createRedisClock(redis: Redis): RedisClock {
  let offset: Promise<number> | undefined;
  let measuredAt = 0;

  const measure = async (): Promise<number> => {
    measuredAt = performance.now();
    const [seconds = 0, microseconds = 0] = await redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) - performance.now();
  };
  const forget = () => (offset = undefined);
  redis.on('close', forget);

  return {
    async notAfter(until) {
      if (offset && performance.now() - measuredAt > remeasureMs) {
        measure().then(
          (fresh) => (offset = Promise.resolve(fresh)),
          () => undefined,
        );
      }
      offset ??= measure().catch((error: unknown) => {
        forget();
        throw error;
      });
      return Math.floor(until + (await offset));
    },
    forget,
  };
}
