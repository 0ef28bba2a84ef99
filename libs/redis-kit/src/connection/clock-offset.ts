import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';

/** Unsynchronised clocks drift apart by 50 ppm: 3 ms in this time. */
const remeasureMs = 60_000;

/**
 * The clock of a server (ms since 1970) minus the monotonic clock of this process, in ms. It is measured once on each connection,
 * since another server may answer there, and once a minute while no caller waits. The server's time is taken as read when the
 * reply arrived, so the offset errs on the early side: no server runs a command after the deadline of its caller.
 */
export class ClockOffset {
  private known: number | undefined;
  private measuring: Promise<number> | undefined;
  private measuredAt = 0;

  constructor(private readonly redis: Redis) {
    redis.on('close', () => this.forget());
  }

  /** Returns a promise only where the offset has to be measured first. */
  get(): number | Promise<number> {
    if (this.known === undefined) return this.measuring ?? this.measure();
    if (performance.now() - this.measuredAt > remeasureMs) void this.measure().catch(() => undefined);
    return this.known;
  }

  /** Measures again at the next call: the clock of the server turned out to have jumped. */
  forget(): void {
    this.known = undefined;
    this.measuring = undefined;
  }

  private measure(): Promise<number> {
    this.measuredAt = performance.now();
    const measurement = this.redis.time().then(([seconds = 0, microseconds = 0]) => {
      const offset = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) - performance.now();
      // The measurement of an earlier connection says nothing about the present one.
      if (this.measuring === measurement) this.known = offset;
      return offset;
    });
    measurement
      .catch(() => undefined)
      .finally(() => {
        if (this.measuring === measurement) this.measuring = undefined;
      });
    return (this.measuring = measurement);
  }
}
