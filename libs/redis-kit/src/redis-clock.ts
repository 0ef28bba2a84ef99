import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';

/** How far a server's clock (ms since 1970) is ahead of this process's monotonic one. */
export interface RedisClock {
  /** In ms; at once where it is known. */
  ahead(): number | Promise<number>;
  /** Measures anew at the next call: the server's clock turned out to have jumped. */
  forget(): void;
}

/** Clocks drift apart, by 50 ppm where nothing keeps them together: 3 ms in this time. */
const remeasureMs = 60_000;

/**
 * Measured anew on each connection (another server may answer there), and now and then without anyone waiting for it. The time
 * is taken as read when the answer arrived, so the estimate errs on the early side: what a server's clock will show, at most,
 * when a local deadline is over, so that a command is never carried out after its caller's deadline.
 */
export function createRedisClock(redis: Redis): RedisClock {
  let known: number | undefined;
  let measuring: Promise<number> | undefined;
  let measuredAt = 0;

  const measure = (): Promise<number> => {
    measuredAt = performance.now();
    const measurement = redis.time().then(([seconds = 0, microseconds = 0]) => {
      const ahead = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) - performance.now();
      // What a connection of before has measured counts for no other one.
      if (measuring === measurement) known = ahead;
      return ahead;
    });
    measurement
      .catch(() => undefined)
      .finally(() => {
        if (measuring === measurement) measuring = undefined;
      });
    return (measuring = measurement);
  };
  const forget = () => {
    known = undefined;
    measuring = undefined;
  };
  redis.on('close', forget);

  return {
    ahead() {
      if (known === undefined) return measuring ?? measure();
      if (performance.now() - measuredAt > remeasureMs) void measure().catch(() => undefined);
      return known;
    },
    forget,
  };
}
