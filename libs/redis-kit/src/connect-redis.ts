import type { RedisOptions } from 'ioredis';
import { Calls, type Attempt } from './commands/calls';
import { createScriptLoader, type Script } from './commands/script';
import { ScriptRun, send, toPlainCommand } from './commands/send';
import { createCredentials } from './connection/credentials';
import { readMemoryUsage, type RedisFinding } from './connection/inspect-redis';
import { createConnectionOptions, openConnection, type RedisConnection } from './connection/redis-connection';
import { RedisUnavailableError, within } from './redis-errors';
import { assertRedisSettings, parseRedisUrl, type RedisSettings } from './redis-settings';
import { RedisStatus, type RedisEvent } from './redis-status';
import { createCluster } from './topology/cluster';
import { createSentinel } from './topology/sentinel';
import { createStandalone, type Topology } from './topology/topology';

/** A Redis on which every call settles in time, and nothing is ever queued or sent twice. */
export interface RedisClient {
  /** Runs a script in one round trip. Rejects with `RedisUnavailableError`, or with what the script's `decode` throws. */
  run<Input, Output>(script: Script<Input, Output>, input: Input): Promise<Output>;
  /**
   * Sends any command, for libraries that bring their own, and resolves to its reply. Rejects with `RedisUnavailableError`, or
   * with Redis's error reply. A paused Redis may still run it after the deadline. All callers share a connection: no
   * command that blocks, subscribes or opens a transaction.
   */
  command(words: readonly (string | number)[]): Promise<unknown>;
  /** Resolves when every primary answers, else rejects with `RedisUnavailableError`. */
  ping(): Promise<void>;
  /** Resolves to the share of its `maxmemory` that the fullest primary uses: 1 is full, 0 is without a limit. */
  memoryUsage(): Promise<number>;
  /** What is wrong with how the servers are set up, as of the last connection or ping. */
  findings(): readonly RedisFinding[];
  /** Resolves when every primary is connected; rejects with `RedisUnavailableError` when that takes longer than the time. */
  ready(timeoutMs: number): Promise<void>;
  /** Refuses further calls, waits for the calls in flight and closes the connections; takes no longer than the deadline. */
  close(): Promise<void>;
}

/**
 * Connects to a single Redis, to the primary that sentinels name, or to a Cluster. The client reconnects indefinitely, several
 * times a second, to the server that is the primary then, with the passwords and certificates that the files hold then.
 * Throws an error that names the setting where a setting is wrong.
 */
export function connectRedis(settings: RedisSettings, onEvent: (event: RedisEvent) => void): RedisClient {
  assertRedisSettings(settings);
  const deadlineMs = settings.deadlineMs ?? 500;
  const status = new RedisStatus(onEvent);
  const topology = openTopology(settings, deadlineMs, status);
  const load = createScriptLoader();
  const calls = new Calls(deadlineMs, settings.onCall);
  const call: Calls['make'] = (...made) => {
    if (!status.isClosed) return calls.make(...made);
    return Promise.reject(new RedisUnavailableError('The connection to Redis was closed', false));
  };
  const askPrimaries =
    <Reply>(ask: (primary: RedisConnection) => Promise<Reply>) =>
    async (attempt: Attempt): Promise<Reply[]> => {
      if (!status.isReady) throw new RedisUnavailableError('Redis is not connected', false);
      attempt.sending();
      return Promise.all(topology.primaries().map(ask));
    };

  return {
    run(script, input) {
      const { keys, args } = script.encode(input);
      const run = new ScriptRun(load(script), keys, args);
      return call(
        script.name,
        (attempt) => send(topology, run, attempt),
        (reply) => script.decode(reply, input),
      );
    },
    command: (words) =>
      call(
        String(words[0]).toLowerCase(),
        (attempt) => send(topology, toPlainCommand(words), attempt),
        (reply) => reply,
      ),
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
      let cancel!: () => void;
      const ready = new Promise<void>((resolve) => (cancel = status.onceReady(resolve)));
      await within(timeoutMs, ready).finally(cancel);
    },
    async close() {
      status.isClosed = true;
      const closed = calls.settled().then(() => topology.close(deadlineMs));
      await within(deadlineMs, closed).catch(() => topology.close(0));
      status.update(topology.primaries());
    },
  };
}

function openTopology(settings: RedisSettings, deadlineMs: number, status: RedisStatus): Topology {
  const credentials = createCredentials(settings);
  // A file that cannot be read at the start is a wrong setting; later it is an event.
  credentials();
  const options = createConnectionOptions(settings.connectionName ?? 'redis-kit', deadlineMs);
  if ('sentinels' in settings) return createSentinel(settings, options, credentials, status);
  const open = (own: RedisOptions, onChange: () => void) =>
    openConnection({ ...options, ...own }, credentials, { onChange, onError: (error) => status.error(error) });
  if ('clusterNodes' in settings) return createCluster(settings.clusterNodes, status, open);
  const { host, port, db } = parseRedisUrl(settings.url);
  const connection: RedisConnection = open({ host, port, db }, () => status.update([connection]));
  return createStandalone(connection);
}
