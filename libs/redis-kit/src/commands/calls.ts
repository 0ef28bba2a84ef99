import { performance } from 'node:perf_hooks';
import { LinkedList, type Linked } from '../performance';
import { RedisUnavailableError, toRedisError } from '../redis-errors';

/** What a call and the code that sends its commands say to each other. */
export interface Attempt {
  /** When the caller stops waiting, in ms of the monotonic clock of this process. */
  readonly deadline: number;
  readonly isOver: boolean;
  /** To be called before a command is sent; throws when the caller has stopped waiting. */
  sending(): void;
  /** To be called when Redis says that it did not run what was sent. */
  refused(): void;
}

/** For metrics: no keys, no values. */
export interface CallReport {
  /** The name of a script or of a command. */
  readonly command: string;
  readonly durationMs: number;
  /** `ok`, or the code of the error; an error that a script's `decode` makes of the reply is not Redis's and counts as `ok`. */
  readonly outcome: string;
}

/** Every call has the same time, so the first one to begin is the first one to be late, and one timer serves all. */
export class Calls {
  private readonly inFlight = new LinkedList<Call>();
  private timer: NodeJS.Timeout | undefined;
  private onSettled: (() => void) | undefined;

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
    send: (attempt: Attempt) => Promise<Reply>,
    decode: (reply: Reply) => Output,
  ): Promise<Output> {
    return new Promise((resolve, reject) => {
      const call = new Call(command, this.deadlineMs, reject);
      this.inFlight.add(call);
      this.timer ??= setTimeout(this.readThenRejectLateCalls, this.deadlineMs);
      const succeed = (reply: Reply) => {
        if (call.isOver) return;
        this.end(call, 'ok');
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
    if (this.inFlight.first) await new Promise<void>((resolve) => (this.onSettled = resolve));
  }

  // Node runs timers before it reads sockets: a process that was held up would discard replies that have arrived.
  private readonly readThenRejectLateCalls = () => setImmediate(() => this.rejectLateCalls());

  private rejectLateCalls(): void {
    this.stopTimer();
    for (let call = this.inFlight.first; call; call = this.inFlight.first) {
      const msLeft = call.deadline - performance.now();
      if (msLeft > 0) return void (this.timer = setTimeout(this.readThenRejectLateCalls, msLeft));
      this.fail(call, new RedisUnavailableError(`Redis did not answer within ${this.deadlineMs} ms`, call.isSent));
    }
  }

  private fail(call: Call, thrown: unknown): void {
    if (call.isOver) return;
    const error = toRedisError(thrown, call.isSent);
    this.end(call, (error as { code?: string }).code ?? 'REDIS_ERROR');
    call.reject(error);
  }

  private end(call: Call, outcome: string): void {
    call.isOver = true;
    this.inFlight.remove(call);
    if (!this.inFlight.first) {
      this.stopTimer();
      this.onSettled?.();
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

class Call implements Attempt, Linked<Call> {
  prev: Call | undefined;
  next: Call | undefined;
  readonly startedAt = performance.now();
  readonly deadline: number;
  isOver = false;
  isSent = false;

  constructor(
    readonly command: string,
    deadlineMs: number,
    readonly reject: (error: Error) => void,
  ) {
    this.deadline = this.startedAt + deadlineMs;
  }

  sending(): void {
    if (this.isOver) throw new RedisUnavailableError('The caller has stopped waiting', false);
    this.isSent = true;
  }

  refused(): void {
    this.isSent = false;
  }
}
