import { performance } from 'node:perf_hooks';
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

/** Rejects with `RedisUnavailableError` when `send` has not settled within the time. `send` does not throw, it rejects. */
export function settleWithin<Output>(deadlineMs: number, send: (attempt: Attempt) => Promise<Output>): Promise<Output> {
  let sent = false;
  let isOver = false;
  const attempt: Attempt = {
    until: performance.now() + deadlineMs,
    sending() {
      if (isOver) throw new RedisUnavailableError('The caller has stopped waiting', false);
      sent = true;
    },
    refused: () => void (sent = false),
    get isOver() {
      return isOver;
    },
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      isOver = true;
      reject(new RedisUnavailableError(`Redis did not answer within ${deadlineMs} ms`, sent));
    }, deadlineMs);
    send(attempt).then(
      (output) => {
        clearTimeout(timer);
        resolve(output);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(toRedisError(error, sent));
      },
    );
  });
}

/** Reports how a call went; a hook that throws breaks nothing. */
export async function reported<Output>(
  command: string,
  onCall: ((report: CallReport) => void) | undefined,
  call: () => Promise<Output>,
): Promise<Output> {
  if (!onCall) return call();
  const startedAt = performance.now();
  let outcome = 'ok';
  try {
    return await call();
  } catch (error) {
    outcome = (error as { code?: string }).code ?? 'REDIS_ERROR';
    throw error;
  } finally {
    try {
      onCall({ command, durationMs: performance.now() - startedAt, outcome });
    } catch {
      // Metrics are worth no failed call.
    }
  }
}
