import {
  assertDeadlineMs,
  connectRedis,
  createScriptRunner,
  InvalidOptionError,
  RedisUnavailableError,
  toCommandSender,
  type CallReport,
  type ForeignClient,
  type RedisClient,
  type RedisEvent,
  type RedisSettings,
} from '@badger-store/redis-kit';

export interface RedisHooks {
  /** Is called when the connection is established or lost, and for problems; a service logs it. Without it, problems are process warnings. */
  readonly onEvent?: ((event: RedisEvent) => void) | undefined;
}

/** A Redis client of the caller, who opens and closes it. */
export interface ExistingRedis extends RedisHooks {
  /**
   * A URL (`redis://` or `rediss://`), a client of ioredis (`Redis`, `Cluster`) or node-redis (client, cluster), or any object with
   * `sendCommand(args, { key, isWrite })`. With a URL, the connection belongs to the carts.
   */
  readonly redis: string | ForeignClient | CartsRedis;
  /** Every call settles within this time; default 500, at most 30000. */
  readonly deadlineMs?: number | undefined;
  /** Is called when a call has settled; for metrics. */
  readonly onCall?: ((report: CallReport) => void) | undefined;
}

/** Where Redis is; the connection belongs to the carts. */
export type OwnRedis = RedisSettings & RedisHooks;

/** What carts need of Redis. */
export type CartsRedis = Pick<RedisClient, 'run' | 'scan' | 'ready' | 'ping'>;

export function openRedis(options: ExistingRedis | OwnRedis): CartsRedis & Pick<RedisClient, 'close'> {
  const { onEvent } = options;
  for (const hook of ['onEvent', 'onCall'] as const) {
    const value: unknown = options[hook];
    if (value !== undefined && typeof value !== 'function') throw new InvalidOptionError(hook, 'must be a function');
  }
  const report = onEvent ?? createWarnings();
  if (!('redis' in options)) return connectRedis({ connectionName: 'cart-cache', ...options }, report);

  const { redis, deadlineMs, onCall } = options;
  if (typeof redis === 'string') {
    return connectRedis({ connectionName: 'cart-cache', url: redis, deadlineMs, onCall }, report);
  }
  if (isCartsRedis(redis)) return shareRedis(redis);
  if (deadlineMs !== undefined) assertDeadlineMs(deadlineMs);
  return createScriptRunner(toCommandSender(redis), {
    deadlineMs: deadlineMs ?? 500,
    onCall,
    onFindings: (findings) => report({ state: 'inspected', findings }),
  });
}

/** Closes the carts, and leaves the client open. */
function shareRedis(redis: CartsRedis): CartsRedis & Pick<RedisClient, 'close'> {
  let isClosed = false;
  const whileOpen = <Result>(call: () => Promise<Result>): Promise<Result> =>
    isClosed ? Promise.reject(new RedisUnavailableError('The carts were closed', false)) : call();
  return {
    run: (script, input) => whileOpen(() => redis.run(script, input)),
    scan: (pattern) => redis.scan(pattern),
    ready: (timeoutMs) => whileOpen(() => redis.ready(timeoutMs)),
    ping: () => whileOpen(() => redis.ping()),
    close: async () => void (isClosed = true),
  };
}

const isCartsRedis = (redis: unknown): redis is CartsRedis =>
  typeof redis === 'object' && redis !== null && 'run' in redis && 'ready' in redis;

/** Prints each kind of problem once, for services that pass no `onEvent`. */
function createWarnings(): (event: RedisEvent) => void {
  const printed = new Set<string>();
  const warn = (kind: string, message: string) => {
    if (printed.has(kind)) return;
    printed.add(kind);
    process.emitWarning(`${message.replace(/\.$/, '')}. Pass onEvent to createCarts to log this.`, {
      type: 'CartWarning',
      code: 'CART_REDIS',
    });
  };
  return (event) => {
    if (event.state === 'error') warn('error', `Redis is not connected: ${event.error.message}`);
    if (event.state !== 'inspected') return;
    for (const { code, message } of event.findings) {
      // Few Redis servers for development have an append-only file.
      if (code !== 'persistence') warn(code, message);
    }
  };
}
