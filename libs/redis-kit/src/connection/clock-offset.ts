import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';

/** The clock of a server (ms since 1970) minus the monotonic clock of this process, in ms. */
export interface ClockOffset {
  /** Returns a promise only where the offset has to be measured first. */
  get(): number | Promise<number>;
  /** Measures again at the next call: the clock of the server turned out to have jumped. */
  forget(): void;
}

/** Unsynchronised clocks drift apart by 50 ppm: 3 ms in this time. */
const remeasureMs = 60_000;

/**
 * Measures once on each connection, since another server may answer there, and once a minute while no caller waits. The server's
 * time is taken as read when the reply arrived, so the offset errs on the early side: no server runs a command after the
 * deadline of its caller.
 */
export function createClockOffset(redis: Redis): ClockOffset {
  let known: number | undefined;
  let measuring: Promise<number> | undefined;
  let measuredAt = 0;

  const measure = (): Promise<number> => {
    measuredAt = performance.now();
    const measurement = redis.time().then(([seconds = 0, microseconds = 0]) => {
      const offset = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) - performance.now();
      // The measurement of an earlier connection says nothing about the present one.
      if (measuring === measurement) known = offset;
      return offset;
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
    get() {
      if (known === undefined) return measuring ?? measure();
      if (performance.now() - measuredAt > remeasureMs) void measure().catch(() => undefined);
      return known;
    },
    forget,
  };
}
