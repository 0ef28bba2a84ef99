import { Redis, type RedisOptions } from 'ioredis';
import { createRedisClock } from './redis-clock';
import { RedisUnavailableError, toRedisError } from './redis-errors';
import { createScriptLoader, type Script } from './script';

export interface RedisSettings {
  /** `redis://` or `rediss://`, with user and password where Redis asks for them. */
  readonly url: string;
  /** Shown by `CLIENT LIST`. */
  readonly connectionName: string;
  /** Every call settles within this time; default 500. */
  readonly deadlineMs?: number;
}

export type RedisEvent = { readonly state: 'ready' | 'closed' } | { readonly state: 'error'; readonly error: Error };

/** One connection to Redis on which every call settles in time and nothing is ever queued or sent twice. */
export interface RedisClient {
  /** Runs a script in one round trip. Rejects with `RedisUnavailableError`, or with what the script's `decode` throws. */
  run<Input, Output>(script: Script<Input, Output>, input: Input): Promise<Output>;
  /** Resolves when Redis answers, else rejects with `RedisUnavailableError`. */
  ping(): Promise<void>;
  /** Resolves when a connection is up; rejects with `RedisUnavailableError` where none came up within the time. */
  ready(timeoutMs: number): Promise<void>;
  /** Ends the connection after the calls under way; never takes longer than the deadline. */
  close(): Promise<void>;
}

const reconnectCapMs = 500;

/** Exponential, capped, with full jitter, and endless: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
const retryStrategy = (attempt: number): number =>
  Math.ceil((0.5 + Math.random() / 2) * Math.min(reconnectCapMs, 25 * 2 ** Math.min(attempt, 10)));

/**
 * Opens a connection and keeps it open: it reconnects for ever, with jitter, at most 500 ms apart.
 * Nothing waits in a queue while Redis is away (calls fail at once), and nothing is resent after a break, so that a call
 * that was reported as failed is not carried out later behind the caller's back.
 */
export function connectRedis(settings: RedisSettings, onEvent: (event: RedisEvent) => void): RedisClient {
  const deadlineMs = settings.deadlineMs ?? 500;
  const options: RedisOptions = {
    connectionName: settings.connectionName,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: true,
    connectTimeout: 800,
    socketTimeout: 800,
    retryStrategy,
    // A demoted primary answers READONLY: connect again, to where the name leads now; resend nothing.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 1 : false),
  };
  const redis = new Redis(settings.url, options);
  redis.on('ready', () => onEvent({ state: 'ready' }));
  redis.on('close', () => onEvent({ state: 'closed' }));
  redis.on('error', (error: Error) => onEvent({ state: 'error', error }));

  const clock = createRedisClock(redis);
  const load = createScriptLoader();

  const call = async <Output>(send: () => Promise<Output>): Promise<Output> => {
    if (redis.status !== 'ready') throw new RedisUnavailableError(`Redis is not connected (${redis.status})`, false);
    return settleWithin(deadlineMs, send);
  };

  return {
    async run(script, input) {
      const { text, sha } = load(script);
      const { keys, args } = script.encode(input);
      const reply = await call(async () => {
        const argv = script.changes ? [await clock.notAfter(deadlineMs), ...args] : args;
        try {
          return await redis.evalsha(sha, keys.length, ...keys, ...argv);
        } catch (error) {
          if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
          return redis.eval(text, keys.length, ...keys, ...argv);
        }
      });
      return script.decode(reply, input);
    },
    async ping() {
      await call(() => redis.ping());
    },
    async ready(timeoutMs) {
      if (redis.status === 'ready') return;
      await settleWithin(timeoutMs, () => new Promise<void>((resolve) => redis.once('ready', () => resolve())));
    },
    async close() {
      if (redis.status !== 'ready') return redis.disconnect();
      await settleWithin(deadlineMs, () => redis.quit()).catch(() => redis.disconnect());
    },
  };
}

async function settleWithin<Output>(deadlineMs: number, start: () => Promise<Output>): Promise<Output> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new RedisUnavailableError(`Redis did not answer within ${deadlineMs} ms`, true)),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([start(), late]);
  } catch (error) {
    throw toRedisError(error);
  } finally {
    clearTimeout(timer);
  }
}
