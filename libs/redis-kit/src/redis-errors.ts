import { brand, BrandedError } from './branded-error';

/**
 * Redis is not connected, refused the command, or did not reply before the deadline. `outcomeUnknown` is `false` only when Redis
 * certainly did not run the command: the command was never sent, or Redis refused it. `cause` is the error of the connection or of Redis.
 */
export class RedisUnavailableError extends BrandedError {
  static {
    brand(this, 'RedisUnavailableError', 'CartError');
  }
  readonly category = 'unavailable';
  readonly code = 'REDIS_UNAVAILABLE';
  override readonly name = 'RedisUnavailableError';

  constructor(
    message: string,
    readonly outcomeUnknown: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * An option has a value that it cannot have. It is thrown when the option is passed, so that a wrong setting stops a service at its
 * start. The message never holds a password.
 *
 * @example
 * createCarts({ redis: 'redis://127.0.0.1', ttlSeconds: Number(process.env.UNSET) });
 * // InvalidOptionError: ttlSeconds must be a whole number from 1 to 315360000, not NaN
 */
export class InvalidOptionError extends BrandedError {
  static {
    brand(this, 'InvalidOptionError', 'CartError');
  }
  override readonly name = 'InvalidOptionError';
  readonly category = 'invalid';
  readonly code = 'INVALID_OPTION';

  constructor(
    /** The name of the option, such as `ttlSeconds` or `tls.caFile`. */
    readonly option: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${option} ${problem}`, options);
  }
}

/**
 * Error replies to commands that Redis did not run: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 * NOPERM out of a script is not among them: the script may have run other commands before.
 */
const refusals =
  /^(READONLY|LOADING|MASTERDOWN|OOM|MISCONF|NOREPLICAS|BUSY|CLUSTERDOWN|MOVED|ASK|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM(?!.*\bscript:))\b/;

/** The messages of ioredis and node-redis when they did not write the command to a socket. */
const unsent = /^(Stream isn't writeable|The client is (closed|offline))\b/;

/** Removes the command, which holds keys and passwords, from an error of ioredis. It must not get into a log. */
export function withoutCommand(error: Error): Error {
  if (!('command' in error)) return error;
  const bare = new Error(error.message);
  bare.name = error.name;
  return bare;
}

/** Each client has its own class of error replies; the message begins with an upper-case code in all of them. */
export const isErrorReply = ({ name, message }: Error): boolean =>
  name === 'ReplyError' || /^[A-Z][A-Z0-9]+ /.test(message);

/**
 * Wraps an error of a Redis client; `sent` says whether the client received the command. An error reply that is not about availability
 * is a defect of the caller, and is returned unchanged.
 */
export function toRedisError(thrown: unknown, sent: boolean): Error {
  if (thrown instanceof RedisUnavailableError) return thrown;
  const cause = withoutCommand(thrown as Error);
  if (cause.message.startsWith('DEADLINE_EXCEEDED')) {
    return new RedisUnavailableError('Redis received the command after its deadline', false, { cause });
  }
  if (cause.message.startsWith('UNSUPPORTED_VERSION')) {
    return new RedisUnavailableError('The server is older than Redis 7.0. Use Redis 7.0 or later', false, { cause });
  }
  if (refusals.test(cause.message)) {
    return new RedisUnavailableError(`Redis refused the command: ${cause.message}`, false, { cause });
  }
  if (isErrorReply(cause)) return cause;
  const outcomeUnknown = sent && !unsent.test(cause.message);
  return new RedisUnavailableError(`Redis is unavailable: ${cause.message}`, outcomeUnknown, { cause });
}

/** What another attempt within a second does not change. */
const lasting = /^(OOM|MISCONF|NOPERM|UNSUPPORTED_VERSION)\b/;

/** Whether Redis certainly did not run a command, and may run it soon. */
export function isCertainlyNotRun(thrown: unknown, sent: boolean): boolean {
  const error = toRedisError(thrown, sent);
  return error instanceof RedisUnavailableError && !error.outcomeUnknown && !lasting.test((thrown as Error).message);
}
