import { Command, Redis, type RedisOptions } from 'ioredis';
import { createCorkWrites } from '../performance';
import type { Connection } from '../topology/topology';
import { withTimeout } from '../with-timeout';
import { ClockOffset } from './clock-offset';
import type { Credentials } from './credentials';
import { inspectRedis, type RedisFinding } from './inspect-redis';
import { watchCertificate } from './watch-certificate';

/** A connection to one server, or to the server that is the primary; it reconnects indefinitely with jittered backoff. */
export interface RedisConnection extends Connection {
  readonly redis: Redis;
  /** Connected, to a server of a supported version and to the database of the settings. */
  readonly isReady: boolean;
  /** Problems of the server's configuration, as of its last inspection. */
  readonly findings: readonly RedisFinding[];
  /** Why no command is sent to the server that is connected. */
  readonly refusal: RedisFinding | undefined;
  inspect(): Promise<void>;
  /**
   * Connects again, after a new look-up of the name, when the commands in flight have their replies: at most after this time. A primary that hands
   * over still holds writes back when the sentinels announce the new one; a write that was cut off could not be repeated.
   */
  reconnect(withinMs: number): Promise<void>;
  /** Waits for the commands in flight, at most for this time. */
  close(withinMs: number): Promise<void>;
}

export interface ConnectionEvents {
  /** The connection became ready, is not ready any more, or was inspected. */
  onChange(): void;
  onError(error: unknown): void;
  /** A server showed a certificate that is valid until then. */
  readonly onCertificate?: ((expiresAt: Date) => void) | undefined;
}

/** One attempt to connect and one pause together take less than 1 s, so a server that is back is found within 1 s. */
const connectTimeoutMs = 600;
const maxPauseMs = 300;
/** How long to wait before a server that cannot be used is inspected again. */
const inspectAgainMs = 5000;

/** Exponential, capped, jittered and endless: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
export const retryDelayMs = (attempt: number): number =>
  Math.ceil((0.5 + Math.random() / 2) * Math.min(maxPauseMs, 25 * 2 ** Math.min(attempt, 10)));

/**
 * Nothing is queued while Redis is unavailable, and nothing is sent again after a broken connection, so that Redis never runs
 * a call later that was reported as failed.
 */
export const createConnectionOptions = (connectionName: string, deadlineMs: number): RedisOptions => ({
  connectionName,
  // An ACL of Redis 7.0 has no name for that command.
  disableClientInfo: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  connectTimeout: connectTimeoutMs,
  // A server that leaves a command without a reply for this long counts as lost.
  socketTimeout: Math.min(950, Math.max(600, deadlineMs + 100)),
  // The server of a connection that is being closed may be lost.
  disconnectTimeout: 100,
  // Redis estimates its remaining loading time in whole seconds.
  maxLoadingRetryTime: 100,
  retryStrategy: retryDelayMs,
  // A demoted primary replies READONLY: connect again after a new look-up of the name, and resend nothing.
  reconnectOnError: (error) => (/^(READONLY|NOAUTH)\b/.test(error.message) ? 1 : false),
});

export function openConnection(
  options: RedisOptions,
  credentials: () => Credentials,
  { onChange, onError, onCertificate }: ConnectionEvents,
  inspectServer = inspectRedis,
): RedisConnection {
  const redis = new RedisWithCredentials(options, credentials);
  let isClosed = false;
  let failures = 0;
  let findings: readonly RedisFinding[] = [];
  /** Of the present connection; undefined until its server was inspected. */
  let isUsable: boolean | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopWatching: (() => void) | undefined;
  const connect = () => void redis.connect().catch(() => undefined);

  const inspect = async () => {
    const { stream } = redis;
    const found = await inspectServer(redis, options.db ?? 0);
    if (redis.stream !== stream) return;
    findings = found;
    isUsable = !found.some(({ isBlocking }) => isBlocking);
    clearTimeout(retry);
    if (!isUsable) retry = setTimeout(() => void inspectOrReconnect(), inspectAgainMs).unref();
    onChange();
  };
  const inspectOrReconnect = () =>
    inspect().catch(() => {
      // A connection is of no use until its server was inspected. A lost one is being connected again already.
      if (redis.status === 'ready' && isUsable === undefined) redis.disconnect(true);
    });

  const corkWrites = createCorkWrites(redis);
  const clockOffset = new ClockOffset(() => redis.time());
  redis.on('error', onError);
  redis.on('ready', () => {
    failures = 0;
    const { stream } = redis;
    stopWatching?.();
    stopWatching = onCertificate && watchCertificate(stream, credentials, onCertificate);
    void inspectOrReconnect();
  });
  redis.on('close', () => {
    isUsable = undefined;
    stopWatching?.();
    clockOffset.forget();
    clearTimeout(retry);
    onChange();
  });
  // ioredis gives up where a connection fails before it has a socket: certificates that do not parse, or a disconnect while
  // it asks the sentinels.
  redis.on('end', () => {
    onChange();
    if (!isClosed) retry = setTimeout(connect, retryDelayMs(++failures)).unref();
  });
  connect();

  return {
    redis,
    clockOffset,
    get isReady() {
      return redis.status === 'ready' && isUsable === true;
    },
    get findings() {
      return findings;
    },
    get refusal() {
      return isUsable === false ? findings.find(({ isBlocking }) => isBlocking) : undefined;
    },
    send([name = '', ...args], call, asking) {
      call.markSent();
      corkWrites();
      // ASKING applies to the next command, whose own reply says what is wrong.
      if (asking) redis.asking().catch(() => undefined);
      return redis.sendCommand(new Command(String(name), args, { replyEncoding: 'utf8' })) as Promise<unknown>;
    },
    inspect,
    async reconnect(withinMs) {
      const { stream } = redis;
      // Replies come in the order of the commands.
      if (redis.status === 'ready') await withTimeout(withinMs, redis.ping()).catch(() => undefined);
      if (redis.stream !== stream) return;
      if (redis.status !== 'reconnecting' && redis.status !== 'end') redis.disconnect(true);
    },
    async close(withinMs) {
      isClosed = true;
      clearTimeout(retry);
      if (redis.status === 'ready') await withTimeout(withinMs, redis.quit()).catch(() => undefined);
      redis.disconnect();
    },
  };
}

/** Reads passwords and certificates for every connection, and uses those of the last connection when a file cannot be read. */
class RedisWithCredentials extends Redis {
  constructor(
    options: RedisOptions,
    private readonly credentials: () => Credentials,
  ) {
    super({ ...options, replyMapping: 'legacy', lazyConnect: true });
  }

  /** ioredis reconnects for each of the commands in flight that are refused; once is enough. */
  override disconnect(reconnect = false): void {
    if (reconnect && this.status === 'ready' && this.stream?.writableEnded) return;
    super.disconnect(reconnect);
  }

  override connect(callback?: () => void): Promise<void> {
    try {
      const { username, password, tls } = this.credentials();
      Object.assign(this.options, { username, password, tls, sentinelTLS: tls });
    } catch (error) {
      this.emit('error', error);
    }
    return super.connect(callback);
  }
}
