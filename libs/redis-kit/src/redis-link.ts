import { Redis, type RedisOptions } from 'ioredis';
import type { RedisAccess } from './redis-access';
import { createRedisClock, type RedisClock } from './redis-clock';
import { inspectRedis, type RedisFinding } from './redis-findings';
import { retryDelayMs } from './redis-options';
import { createWriteTogether } from './write-together';

/** A connection to one server, or to whichever is the primary; kept open for ever. */
export interface RedisLink {
  readonly redis: Redis;
  readonly clock: RedisClock;
  /** To be called before a command. */
  readonly writeTogether: () => void;
  /** Connected, and to the database that is meant. */
  readonly isReady: boolean;
  /** What is wrong with how the server is set up, as of the last look at it. */
  readonly findings: readonly RedisFinding[];
  /** Looks at the server again. */
  inspect(): Promise<void>;
  /** Connects anew, to where the name leads now. */
  reconnect(): void;
  /** Lets the calls under way end, at most for this time. */
  close(withinMs: number): Promise<void>;
}

export interface LinkEvents {
  /** It is ready, or not any more. */
  changed(): void;
  error(error: unknown): void;
  /** It was looked at how the server is set up; a sentinel, where this is missing, is not looked at. */
  inspected?(): void;
}

/** Until a database that was refused is asked for again. */
const selectAgainMs = 5000;

export function openLink(options: RedisOptions, access: () => RedisAccess, events: LinkEvents): RedisLink {
  const redis = new FreshRedis(options, access);
  let isClosed = false;
  let failures = 0;
  let revival: NodeJS.Timeout | undefined;
  let findings: readonly RedisFinding[] = [];
  /** Of the present connection; undefined until it was looked at. */
  let databaseIsSelected: boolean | undefined;
  let selection: NodeJS.Timeout | undefined;
  const connect = () => void redis.connect().catch(() => undefined);

  redis.on('error', events.error);

  const inspect = async () => {
    if (!events.inspected) return;
    const { stream } = redis;
    const found = await inspectRedis(redis, options.db ?? 0);
    if (redis.stream !== stream) return;
    findings = found;
    databaseIsSelected = !found.some(({ code }) => code === 'database');
    clearTimeout(selection);
    if (!databaseIsSelected) selection = setTimeout(() => void inspectThenTell(), selectAgainMs).unref();
    events.inspected();
  };
  const inspectThenTell = async () => {
    try {
      await inspect();
      events.changed();
    } catch {
      // A connection is of no use before its server was looked at. A lost one is being connected again already.
      if (redis.status === 'ready' && databaseIsSelected === undefined) redis.disconnect(true);
    }
  };

  redis.on('ready', () => {
    failures = 0;
    if (events.inspected) void inspectThenTell();
    else events.changed();
  });
  redis.on('close', () => {
    databaseIsSelected = undefined;
    clearTimeout(selection);
    events.changed();
  });
  // ioredis gives up where a connection fails before it has a socket: certificates that do not parse, or a disconnect while
  // it asks the sentinels.
  redis.on('end', () => {
    events.changed();
    if (!isClosed) revival = setTimeout(connect, retryDelayMs(++failures)).unref();
  });
  connect();

  return {
    redis,
    clock: createRedisClock(redis),
    writeTogether: createWriteTogether(redis),
    get isReady() {
      return redis.status === 'ready' && (!events.inspected || databaseIsSelected === true);
    },
    get findings() {
      return findings;
    },
    inspect,
    reconnect() {
      if (redis.status !== 'reconnecting' && redis.status !== 'end') redis.disconnect(true);
    },
    async close(withinMs) {
      isClosed = true;
      clearTimeout(revival);
      clearTimeout(selection);
      if (redis.status !== 'ready') return redis.disconnect();
      const cut = setTimeout(() => redis.disconnect(), withinMs).unref();
      await redis.quit().catch(() => redis.disconnect());
      clearTimeout(cut);
    },
  };
}

/** Reads passwords and certificates anew for every connection; where that fails, those of the last one have to do. */
class FreshRedis extends Redis {
  constructor(
    options: RedisOptions,
    private readonly access: () => RedisAccess,
  ) {
    super({ ...options, replyMapping: 'legacy', lazyConnect: true });
  }

  /** ioredis reconnects for each of the refused calls that are under way; the first one is enough. */
  override disconnect(reconnect = false): void {
    if (reconnect && this.status === 'ready' && this.stream?.writableEnded) return;
    super.disconnect(reconnect);
  }

  override connect(callback?: () => void): Promise<void> {
    try {
      const { username, password, tls } = this.access();
      Object.assign(this.options, { username, password, tls, sentinelTLS: tls });
    } catch (error) {
      this.emit('error', error);
    }
    return super.connect(callback);
  }
}
