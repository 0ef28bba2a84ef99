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

export interface RedisCalls {
  /**
   * Resolves to what `decode` returns for the reply of `send`; rejects with `RedisUnavailableError` when `send` has not settled
   * by the deadline.
   */
  make<Reply, Output>(
    command: string,
    send: (attempt: Attempt) => Promise<Reply>,
    decode: (reply: Reply) => Output,
  ): Promise<Output>;
  /** Resolves when no call is in flight. */
  settled(): Promise<void>;
}

/** Every call has the same time, so the first one to begin is the first one to be late, and one timer serves all. */
export function createCalls(deadlineMs: number, onCall?: (report: CallReport) => void): RedisCalls {
  const inFlight = new LinkedList<Call>();
  let timer: NodeJS.Timeout | undefined;
  let onSettled: (() => void) | undefined;

  const rejectLateCalls = () => {
    clearTimeout(timer);
    timer = undefined;
    for (let call = inFlight.first; call; call = inFlight.first) {
      const msLeft = call.deadline - performance.now();
      if (msLeft > 0) return void (timer = setTimeout(readThenRejectLateCalls, msLeft));
      fail(call, new RedisUnavailableError(`Redis did not answer within ${deadlineMs} ms`, call.isSent));
    }
  };
  // Node runs timers before it reads sockets: a process that was held up would discard replies that have arrived.
  const readThenRejectLateCalls = () => setImmediate(rejectLateCalls);
  const end = (call: Call, outcome: string) => {
    call.isOver = true;
    inFlight.remove(call);
    if (!inFlight.first) {
      clearTimeout(timer);
      timer = undefined;
      onSettled?.();
    }
    try {
      onCall?.({ command: call.command, durationMs: performance.now() - call.startedAt, outcome });
    } catch {
      // Metrics that fail must not cost the call.
    }
  };
  const fail = (call: Call, thrown: unknown) => {
    if (call.isOver) return;
    const error = toRedisError(thrown, call.isSent);
    end(call, (error as { code?: string }).code ?? 'REDIS_ERROR');
    call.reject(error);
  };

  return {
    make: (command, send, decode) =>
      new Promise((resolve, reject) => {
        const call = new Call(command, deadlineMs, reject);
        inFlight.add(call);
        timer ??= setTimeout(readThenRejectLateCalls, deadlineMs);
        const succeed = (reply: Parameters<typeof decode>[0]) => {
          if (call.isOver) return;
          end(call, 'ok');
          try {
            resolve(decode(reply));
          } catch (error) {
            reject(error as Error);
          }
        };
        try {
          send(call).then(succeed, (error: unknown) => fail(call, error));
        } catch (error) {
          fail(call, error);
        }
      }),
    async settled() {
      if (inFlight.first) await new Promise<void>((resolve) => (onSettled = resolve));
    },
  };
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
