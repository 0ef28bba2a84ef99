/**
 * Redis could not be asked, or did not answer in time. `mayHaveHappened` tells whether the command may have been carried
 * out all the same: `false` only where that is certain (it was never sent, or Redis refused it before running it).
 */
export class RedisUnavailableError extends Error {
  readonly kind = 'unavailable';
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
 * A command that the user may not run is found out by a script midway, so that NOPERM out of a script is no such reply.
 */
const refusals =
  /^(READONLY|LOADING|MASTERDOWN|OOM|MISCONF|NOREPLICAS|BUSY|CLUSTERDOWN|MOVED|ASK|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM(?!.*\bscript:))\b/;

/** What ioredis rejects with when it did not write the command to a socket. */
const unsent = /^Stream isn't writeable\b/;

/** ioredis hangs the command, with keys and passwords, on the error that answers it: that must not get into a log. */
export function withoutCommand(error: Error): Error {
  if (!('command' in error)) return error;
  const bare = new Error(error.message);
  bare.name = error.name;
  return bare;
}

/**
 * Wraps what ioredis rejects with; `sent` tells whether the command had been given to it. An error reply that is not about
 * availability is a defect of ours and is passed on.
 */
export function toRedisError(thrown: unknown, sent: boolean): Error {
  if (thrown instanceof RedisUnavailableError) return thrown;
  const cause = withoutCommand(thrown as Error);
  if (/^LATE\b/.test(cause.message))
    return new RedisUnavailableError('Redis got the command too late', false, { cause });
  if (refusals.test(cause.message)) {
    return new RedisUnavailableError(`Redis refused the command: ${cause.message}`, false, { cause });
  }
  if (cause.name === 'ReplyError') return cause;
  const mayHaveHappened = sent && !unsent.test(cause.message);
  return new RedisUnavailableError(`Redis is unavailable: ${cause.message}`, mayHaveHappened, { cause });
}
