import { performance } from 'node:perf_hooks';
import { LinkedList, type Linked } from '../performance';
import { RedisUnavailableError, toRedisError } from '../redis-errors';

/** For metrics: no keys, no values. */
export interface CallReport {
  /** The name of the script or of the command. */
  readonly command: string;
  readonly durationMs: number;
  /** `ok`, or the code of the error. An error that a script's `decode` throws is not an error of Redis and counts as `ok`. */
  readonly outcome: string;
}

/** All calls have the same deadline, so they expire in the order in which they started, and one timer serves them all. */
export class Calls {
  private readonly inFlight = new LinkedList<Call>();
  private timer: NodeJS.Timeout | undefined;
  private onAllSettled: (() => void) | undefined;

  constructor(
    private readonly deadlineMs: number,
    private readonly onCall?: (report: CallReport) => void,
  ) {}

  /**
   * Resolves to what `decode` returns for the reply of `send`; rejects with `RedisUnavailableError` when `send` has not settled
   * by the deadline.
   */
  make<Reply, Output>(
    command: string,
    send: (call: Call) => Promise<Reply>,
    decode: (reply: Reply) => Output,
  ): Promise<Output> {
    return new Promise((resolve, reject) => {
      const call = new Call(command, this.deadlineMs, reject);
      this.inFlight.add(call);
      this.timer ??= setTimeout(this.readThenRejectExpiredCalls, this.deadlineMs);
      const succeed = (reply: Reply) => {
        if (call.isSettled) return;
        this.finish(call, 'ok');
        try {
          resolve(decode(reply));
        } catch (error) {
          reject(error as Error);
        }
      };
      try {
        send(call).then(succeed, (error: unknown) => this.fail(call, error));
      } catch (error) {
        this.fail(call, error);
      }
    });
  }

  /** Resolves when no call is in flight. */
  async settled(): Promise<void> {
    if (this.inFlight.first) await new Promise<void>((resolve) => (this.onAllSettled = resolve));
  }

  // Node.js runs timers before it reads sockets. A process that was blocked would discard replies that have arrived.
  private readonly readThenRejectExpiredCalls = () => setImmediate(() => this.rejectExpiredCalls());

  private rejectExpiredCalls(): void {
    this.stopTimer();
    for (let call = this.inFlight.first; call; call = this.inFlight.first) {
      const msLeft = call.deadline - performance.now();
      if (msLeft > 0) return void (this.timer = setTimeout(this.readThenRejectExpiredCalls, msLeft));
      this.fail(call, new RedisUnavailableError(`Redis did not reply within ${this.deadlineMs} ms`, call.isSent));
    }
  }

  private fail(call: Call, thrown: unknown): void {
    if (call.isSettled) return;
    const error = toRedisError(thrown, call.isSent);
    this.finish(call, (error as { code?: string }).code ?? 'REDIS_ERROR');
    call.reject(error);
  }

  private finish(call: Call, outcome: string): void {
    call.isSettled = true;
    this.inFlight.remove(call);
    if (!this.inFlight.first) {
      this.stopTimer();
      this.onAllSettled?.();
    }
    try {
      this.onCall?.({ command: call.command, durationMs: performance.now() - call.startedAt, outcome });
    } catch {
      // Metrics that fail must not cost the call.
    }
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

export class Call implements Linked<Call> {
  prev: Call | undefined;
  next: Call | undefined;
  readonly startedAt = performance.now();
  /** When the caller stops waiting, in ms of the monotonic clock of this process. */
  readonly deadline: number;
  /** The caller has its result, or an error. */
  isSettled = false;
  /** Redis may have run the command. */
  isSent = false;

  constructor(
    readonly command: string,
    deadlineMs: number,
    readonly reject: (error: Error) => void,
  ) {
    this.deadline = this.startedAt + deadlineMs;
  }

  /** To be called before a command is sent; throws when the caller has stopped waiting. */
  markSent(): void {
    if (this.isSettled) throw new RedisUnavailableError('The caller has stopped waiting', false);
    this.isSent = true;
  }

  /** To be called when Redis replies that it did not run the command. */
  markNotRun(): void {
    this.isSent = false;
  }
}
