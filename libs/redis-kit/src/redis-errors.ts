/**
 * Redis could not be asked, or did not reply in time. `mayHaveHappened` says whether Redis may have run the command: it is
 * `false` only where that is certain, because the command was never sent, or because Redis refused to run it.
 */
export class RedisUnavailableError extends Error {
  readonly category = 'unavailable';
  readonly code = 'REDIS_UNAVAILABLE';
  override readonly name = 'RedisUnavailableError';

  constructor(
    message: string,
    readonly mayHaveHappened: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Replies by which Redis says that it ran nothing: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 * A script finds out midway that its user lacks a permission, so NOPERM out of a script is no such reply.
 */
const refusals =
  /^(READONLY|LOADING|MASTERDOWN|OOM|MISCONF|NOREPLICAS|BUSY|CLUSTERDOWN|MOVED|ASK|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM(?!.*\bscript:))\b/;

/** The message of ioredis when it did not write the command to a socket. */
const unsent = /^Stream isn't writeable\b/;

/** ioredis attaches the command, with keys and passwords, to the error reply: that must not get into a log. */
export function withoutCommand(error: Error): Error {
  if (!('command' in error)) return error;
  const bare = new Error(error.message);
  bare.name = error.name;
  return bare;
}

/**
 * Wraps an error of ioredis; `sent` says whether ioredis had got the command. An error reply that is not about availability
 * is a defect of the caller, and is returned as it is.
 */
export function toRedisError(thrown: unknown, sent: boolean): Error {
  if (thrown instanceof RedisUnavailableError) return thrown;
  const cause = withoutCommand(thrown as Error);
  if (/^DEADLINE_EXCEEDED\b/.test(cause.message))
    return new RedisUnavailableError('Redis received the command after its deadline', false, { cause });
  if (refusals.test(cause.message)) {
    return new RedisUnavailableError(`Redis refused the command: ${cause.message}`, false, { cause });
  }
  if (cause.name === 'ReplyError') return cause;
  const mayHaveHappened = sent && !unsent.test(cause.message);
  return new RedisUnavailableError(`Redis is unavailable: ${cause.message}`, mayHaveHappened, { cause });
}

/** Rejects with `RedisUnavailableError` when the promise has not settled within the time. */
export async function within<Output>(timeoutMs: number, settling: Promise<Output>): Promise<Output> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const error = new RedisUnavailableError(`Redis did not answer within ${timeoutMs} ms`, false);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  return Promise.race([settling, timeout]).finally(() => clearTimeout(timer));
}
