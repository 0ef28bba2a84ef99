import { createClusterRoute } from './cluster-route';
import { readMemoryUsage } from './memory-usage';
import { createPrimaryRoute } from './primary-route';
import { createRedisAccess } from './redis-access';
import { createRedisCalls, within, type Attempt, type RedisCalls } from './redis-call';
import { RedisUnavailableError } from './redis-errors';
import type { RedisFinding } from './redis-findings';
import { openLink, type RedisLink } from './redis-link';
import { connectionOptions } from './redis-options';
import type { RedisRoutes } from './redis-routes';
import { assertRedisSettings, parseRedisUrl, type RedisSettings } from './redis-settings';
import { createRedisStatus, type RedisEvent, type RedisStatus } from './redis-status';
import { routeScript } from './route-script';
import { createScriptLoader, type Script } from './script';
import { createSentinelRoute } from './sentinel-route';

/** A Redis on which every call settles in time and nothing is ever queued or sent twice. */
export interface RedisClient {
  /** Runs a script in one round trip. Rejects with `RedisUnavailableError`, or with what the script's `decode` throws. */
  run<Input, Output>(script: Script<Input, Output>, input: Input): Promise<Output>;
  /** Resolves when every primary answers, else rejects with `RedisUnavailableError`. */
  ping(): Promise<void>;
  /** Resolves to how much of its `maxmemory` the fullest primary uses: 1 is full, 0 where there is no limit. */
  memoryUsage(): Promise<number>;
  /** What is wrong with how the servers are set up, as of the last connection or ping. */
  findings(): readonly RedisFinding[];
  /** Resolves when every primary is connected; rejects with `RedisUnavailableError` where that is not so within the time. */
  ready(timeoutMs: number): Promise<void>;
  /** Refuses further calls and ends the connections after the calls under way; never takes longer than the deadline. */
  close(): Promise<void>;
}

/**
 * Connects to a single Redis, to the primary that sentinels know, or to a Cluster, and stays connected: it connects anew for
 * ever, with jitter, several times a second, to whichever server is the primary then, with the passwords and certificates
 * that the files hold then. Throws an error that names the setting where one is wrong.
 */
export function connectRedis(settings: RedisSettings, onEvent: (event: RedisEvent) => void): RedisClient {
  assertRedisSettings(settings);
  const deadlineMs = settings.deadlineMs ?? 500;
  const status = createRedisStatus(onEvent);
  const routes = openRoutes(settings, deadlineMs, status);
  const load = createScriptLoader();
  const calls = createRedisCalls(deadlineMs, settings.onCall);
  const call: RedisCalls['make'] = (...made) => {
    if (!status.isClosed) return calls.make(...made);
    return Promise.reject(new RedisUnavailableError('The connection to Redis was closed', false));
  };
  const askPrimaries =
    <Reply>(ask: (primary: RedisLink) => Promise<Reply>) =>
    async (attempt: Attempt): Promise<Reply[]> => {
      if (!status.isReady) throw new RedisUnavailableError('Redis is not connected', false);
      attempt.sending();
      return Promise.all(routes.primaries().map(ask));
    };

  return {
    run(script, input) {
      const { keys, args } = script.encode(input);
      const loaded = load(script);
      return call(
        script.name,
        (attempt) => routeScript(routes, { script, loaded, keys, args }, attempt),
        (reply) => script.decode(reply, input),
      );
    },
    async ping() {
      const pingAll = askPrimaries(({ redis, inspect }) => Promise.all([redis.ping(), inspect()]));
      await call('ping', pingAll, () => undefined);
    },
    memoryUsage: () =>
      call(
        'info',
        askPrimaries(({ redis }) => readMemoryUsage(redis)),
        (usages) => Math.max(0, ...usages),
      ),
    findings: () => status.findings,
    async ready(timeoutMs) {
      if (status.isReady) return;
      let giveUp!: () => void;
      const ready = new Promise<void>((resolve) => (giveUp = status.onceReady(resolve)));
      await within(timeoutMs, ready).finally(giveUp);
    },
    async close() {
      status.close();
      const closed = calls.ended().then(() => routes.close(deadlineMs));
      await within(deadlineMs, closed).catch(() => routes.close(0));
      status.setReady(false);
    },
  };
}

function openRoutes(settings: RedisSettings, deadlineMs: number, status: RedisStatus): RedisRoutes {
  const access = createRedisAccess(settings);
  // What cannot be read at the start is a wrong setting; later on it is an event.
  access();
  const options = connectionOptions(settings.connectionName ?? 'redis-kit', deadlineMs);
  if ('url' in settings) {
    const { host, port, db } = parseRedisUrl(settings.url);
    return createPrimaryRoute(status, (events) => openLink({ ...options, host, port, db }, access, events));
  }
  if ('sentinels' in settings) return createSentinelRoute(settings, options, access, status);
  return createClusterRoute(settings.clusterNodes, status, ({ host, port }, events) =>
    openLink({ ...options, host, port }, access, events),
  );
}
