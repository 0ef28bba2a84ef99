import { performance } from 'node:perf_hooks';

/** Unsynchronised clocks drift apart by 50 ppm: 3 ms in this time. */
const remeasureMs = 60_000;

/**
 * The clock of a server (ms since 1970) minus the monotonic clock of this process, in ms. The offset is measured once on each
 * connection, which may lead to another server, and once a minute while no caller waits. The time of the server counts as read when
 * the reply arrived. The offset is therefore too small rather than too large, and no server runs a command after its deadline.
 */
export class ClockOffset {
  private known: number | undefined;
  private measuring: Promise<number> | undefined;
  private measuredAt = 0;

  /** `readTime` sends TIME and resolves to its reply: seconds and microseconds. */
  constructor(private readonly readTime: () => Promise<readonly (string | number)[]>) {}

  /** Returns a promise only when the offset has to be measured first. */
  get(): number | Promise<number> {
    if (this.known === undefined) return this.measuring ?? this.measure();
    if (performance.now() - this.measuredAt > remeasureMs) void this.measure().catch(() => undefined);
    return this.known;
  }

  /** Measures again at the next call: the clock of the server jumped, or another server may respond. */
  forget(): void {
    this.known = undefined;
    this.measuring = undefined;
  }

  private measure(): Promise<number> {
    this.measuredAt = performance.now();
    const measurement = this.readTime().then(([seconds = 0, microseconds = 0]) => {
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
