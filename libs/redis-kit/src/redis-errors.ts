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

/** Replies by which Redis says that it ran nothing: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors */
const refusals =
  /^(READONLY|LOADING|MASTERDOWN|OOM|MISCONF|NOREPLICAS|BUSY|CLUSTERDOWN|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM)\b/;

/** Wraps what ioredis rejects with. An error reply that is not about availability is a defect of ours and is passed on. */
export function toRedisError(cause: unknown): Error {
  if (cause instanceof RedisUnavailableError) return cause;
  const error = cause as Error;
  if (/^LATE\b/.test(error.message))
    return new RedisUnavailableError('Redis got the command too late', false, { cause });
  if (refusals.test(error.message)) {
    return new RedisUnavailableError(`Redis refused the command: ${error.message}`, false, { cause });
  }
  if (error.name === 'ReplyError') return error;
  return new RedisUnavailableError(`Redis is unavailable: ${error.message}`, true, { cause });
}
