import { performance } from 'node:perf_hooks';
import { InOrder, type Linked } from './in-order';
import { RedisUnavailableError, toRedisError } from './redis-errors';

/** What one call tells its sender about its caller, and the other way round. */
export interface Attempt {
  /** When the caller stops waiting, in ms of this process's monotonic clock. */
  readonly until: number;
  /** To be called before anything is sent that changes something; throws when the caller has stopped waiting. */
  sending(): void;
  /** Redis said that it ran nothing of what was sent. */
  refused(): void;
  readonly isOver: boolean;
}

/** For metrics: no keys, no values. */
export interface CallReport {
  /** A script's name, or `ping`. */
  readonly command: string;
  readonly durationMs: number;
  /** `ok`, or the code of the error; what a script's `decode` makes of the reply is not Redis's doing and counts as `ok`. */
  readonly outcome: string;
}

export interface RedisCalls {
  /**
   * Resolves to what `decode` makes of that which `send` resolves to; rejects with `RedisUnavailableError` when `send` has not
   * settled within the time.
   */
  make<Reply, Output>(
    command: string,
    send: (attempt: Attempt) => Promise<Reply>,
    decode: (reply: Reply) => Output,
  ): Promise<Output>;
  /** Resolves when no call is under way. */
  ended(): Promise<void>;
}

/** Calls that all have the same time; a hook that throws breaks none of them. */
export function createRedisCalls(deadlineMs: number, onCall?: (report: CallReport) => void): RedisCalls {
  // All have the same time, so that the one that began first is over first, and one timer serves them all.
  const underWay = new InOrder<Call>();
  let timer: NodeJS.Timeout | undefined;
  let tellEnd: (() => void) | undefined;

  const giveUpLate = () => {
    clearTimeout(timer);
    timer = undefined;
    for (let call = underWay.first; call; call = underWay.first) {
      const msLeft = call.until - performance.now();
      if (msLeft > 0) return void (timer = setTimeout(readThenGiveUp, msLeft));
      fail(call, new RedisUnavailableError(`Redis did not answer within ${deadlineMs} ms`, call.isSent));
    }
  };
  // Node looks at timers before sockets: a process that was held up would give up answers that are there to be read.
  const readThenGiveUp = () => setImmediate(giveUpLate);
  const end = (call: Call, outcome: string) => {
    call.isOver = true;
    underWay.remove(call);
    if (!underWay.first) {
      clearTimeout(timer);
      timer = undefined;
      tellEnd?.();
    }
    try {
      onCall?.({ command: call.command, durationMs: performance.now() - call.startedAt, outcome });
    } catch {
      // Metrics are worth no failed call.
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
        underWay.add(call);
        timer ??= setTimeout(readThenGiveUp, deadlineMs);
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
    async ended() {
      if (underWay.first) await new Promise<void>((resolve) => (tellEnd = resolve));
    },
  };
}

class Call implements Attempt, Linked<Call> {
  before: Call | undefined;
  after: Call | undefined;
  readonly startedAt = performance.now();
  readonly until: number;
  isOver = false;
  isSent = false;

  constructor(
    readonly command: string,
    deadlineMs: number,
    readonly reject: (error: Error) => void,
  ) {
    this.until = this.startedAt + deadlineMs;
  }

  sending(): void {
    if (this.isOver) throw new RedisUnavailableError('The caller has stopped waiting', false);
    this.isSent = true;
  }

  refused(): void {
    this.isSent = false;
  }
}

/** Rejects with `RedisUnavailableError` when the promise has not settled within the time. */
export async function within<Output>(timeoutMs: number, settling: Promise<Output>): Promise<Output> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new RedisUnavailableError(`Redis did not answer within ${timeoutMs} ms`, false);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  return Promise.race([settling, late]).finally(() => clearTimeout(timer));
}
