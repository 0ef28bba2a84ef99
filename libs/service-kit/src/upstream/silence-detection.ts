import type { Probed } from './probe';

export interface SilenceOptions {
  /** Requests are in flight and nothing arrives for this time; default 250. */
  readonly silenceMs?: number;
  readonly probe: () => Promise<Probed>;
  /** Called with the result of a failed probe of a silent address. */
  readonly onFailed: (result: 'hung' | 'unreachable') => void;
}

/** A lost machine closes no connection. So an address that is silent while requests wait is probed over a new connection. */
export class SilenceDetection {
  private readonly silenceMs: number;
  private inFlight = 0;
  private heardAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private isChecking = false;

  constructor(private readonly options: SilenceOptions) {
    this.silenceMs = options.silenceMs ?? 250;
  }

  onSent(): void {
    if (this.inFlight === 0) this.onHeard();
    this.inFlight += 1;
    if (!this.isChecking) this.timer ??= setTimeout(() => void this.check(), this.silenceMs);
  }

  onHeard(): void {
    this.heardAt = performance.now();
  }

  onEnded(): void {
    this.inFlight -= 1;
  }

  close(): void {
    clearTimeout(this.timer);
    this.isChecking = true;
  }

  private async check(): Promise<void> {
    this.timer = undefined;
    if (this.inFlight === 0) return;
    const dueMs = this.heardAt + this.silenceMs - performance.now();
    if (dueMs > 0) return void (this.timer = setTimeout(() => void this.check(), dueMs));
    this.isChecking = true;
    const result = await this.probe();
    this.isChecking = false;
    if (result !== 'alive') this.options.onFailed(result);
    this.onHeard();
    if (this.inFlight > 0) this.timer = setTimeout(() => void this.check(), this.silenceMs);
  }

  /** One lost packet must not end the requests in flight, so a failed connect is repeated. */
  private async probe(): Promise<Probed> {
    const { heardAt } = this;
    let result = await this.options.probe();
    if (result === 'unreachable') result = await this.options.probe();
    return this.heardAt === heardAt ? result : 'alive';
  }
}
