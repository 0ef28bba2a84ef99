import type { RedisOptions } from 'ioredis';
import type { SendCommandOptions } from './clients/command-sender';
import { Calls, type CallInFlight } from './commands/calls';
import { createRepeat } from './commands/repeat';
import { createScriptLoader, type Script } from './commands/script';
import { scanServer } from './commands/scan';
import { ScriptRun, type Args } from './commands/script-run';
import { send, toPlainCommand, toScriptCommand } from './commands/send';
import { createCredentials } from './connection/credentials';
import { readMemoryUsage, type RedisFinding } from './connection/inspect-redis';
import { createConnectionOptions, openConnection, type RedisConnection } from './connection/redis-connection';
import { RedisUnavailableError } from './redis-errors';
import { assertRedisSettings, parseRedisUrl, type RedisSettings } from './redis-settings';
import { RedisStatus, type RedisEvent } from './redis-status';
import { createCluster } from './topology/cluster';
import { createSentinel } from './topology/sentinel';
import { createStandalone, type Topology } from './topology/topology';
import { withTimeout } from './with-timeout';

/** A Redis on which every call settles before its deadline. The client neither queues commands nor sends them twice. */
export interface RedisClient {
  /** Runs a script in one round trip. Rejects with `RedisUnavailableError`, or with what the script's `decode` throws. */
  run<Input, Output>(script: Script<Input, Output>, input: Input): Promise<Output>;
  /**
   * Sends any command to a primary, and resolves to its reply. Rejects with `RedisUnavailableError`, or with the error reply of
   * Redis. A paused Redis may still run the command after the deadline. All callers share a connection, so do not send commands
   * that block, subscribe or open a transaction.
   */
  sendCommand(args: Args, options: SendCommandOptions): Promise<unknown>;
  /** The keys that match a glob pattern, in pages, on all primaries. A key may come twice. */
  scan(pattern: string): AsyncGenerator<string[]>;
  /** Resolves when every primary replies, else rejects with `RedisUnavailableError`. */
  ping(): Promise<void>;
  /** Resolves to the share of `maxmemory` that the fullest primary uses: 1 is full, 0 means that there is no limit. */
  memoryUsage(): Promise<number>;
  /** What is wrong with how the servers are set up, as of the last connection or ping. */
  findings(): readonly RedisFinding[];
  /** Resolves when every primary is connected; rejects with `RedisUnavailableError` when that takes longer than the time. */
  ready(timeoutMs: number): Promise<void>;
  /** The same connections. `run` repeats a call that Redis certainly did not run, with jittered backoff, until the call's deadline. */
  repeating(): Pick<RedisClient, 'run' | 'scan' | 'ready' | 'ping'>;
  /** Refuses further calls, waits for the calls in flight and closes the connections; takes no longer than the deadline. */
  close(): Promise<void>;
}

/**
 * Connects to a single Redis, to the primary that sentinels name, or to a Cluster. The client reconnects indefinitely, several
 * times a second, to the server that is the primary at that time, and reads the files with passwords and certificates again.
 * `onCertificate` receives the end of the certificate that a server shows at each connection over TLS. Throws an error that names a
 * wrong setting.
 */
export function connectRedis(
  settings: RedisSettings,
  onEvent: (event: RedisEvent) => void,
  onCertificate?: (expiresAt: Date) => void,
): RedisClient {
  assertRedisSettings(settings);
  const deadlineMs = settings.deadlineMs ?? 500;
  const status = new RedisStatus(onEvent);
  const topology = openTopology(settings, deadlineMs, status, onCertificate);
  const load = createScriptLoader({ once: false });
  const calls = new Calls(deadlineMs, settings.onCall);
  const call: Calls['make'] = (...made) => {
    if (!status.isClosed) return calls.make(...made);
    return Promise.reject(new RedisUnavailableError('The connection to Redis was closed', false));
  };
  const askPrimaries =
    <Reply>(ask: (primary: RedisConnection) => Promise<Reply>) =>
    async (call: CallInFlight): Promise<Reply[]> => {
      if (!status.isReady) throw topology.unavailable();
      call.markSent();
      return Promise.all(topology.primaries().map(ask));
    };

  const repeat = createRepeat(() => !status.isClosed);
  const createRun =
    (sendCommand: typeof send): RedisClient['run'] =>
    (script, input) => {
      const { keys, args } = script.encode(input);
      const command = toScriptCommand(new ScriptRun(load(script), keys, args));
      return call(
        script.name,
        (inFlight) => sendCommand(topology, command, inFlight),
        (reply) => script.decode(reply, input),
      );
    };

  const client: RedisClient = {
    run: createRun(send),
    repeating: () => ({
      ...client,
      run: createRun((...sent) => repeat(sent[2], async () => send(...sent))),
    }),
    sendCommand: (args, { key }) =>
      call(
        String(args[0]).toLowerCase(),
        (inFlight) => send(topology, toPlainCommand(args, key), inFlight),
        (reply) => reply,
      ),
    async *scan(pattern) {
      if (!status.isReady) throw topology.unavailable();
      for (const { redis } of topology.primaries()) {
        const sendTo = ([name = '', ...args]: readonly string[]) =>
          call(
            'scan',
            async (inFlight) => {
              inFlight.markSent();
              return redis.call(name, ...args);
            },
            (reply) => reply,
          );
        yield* scanServer(sendTo, pattern);
      }
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
      let cancel!: () => void;
      const ready = new Promise<void>((resolve) => (cancel = status.onceReady(resolve)));
      await withTimeout(timeoutMs, ready, () => topology.unavailable()).finally(cancel);
    },
    async close() {
      status.isClosed = true;
      const closed = calls.settled().then(() => topology.close(deadlineMs));
      await withTimeout(deadlineMs, closed).catch(() => topology.close(0));
      status.update(topology.primaries());
    },
  };
  return client;
}

function openTopology(
  settings: RedisSettings,
  deadlineMs: number,
  status: RedisStatus,
  onCertificate: ((expiresAt: Date) => void) | undefined,
): Topology {
  const credentials = createCredentials(settings);
  // A file that cannot be read at the start is a wrong setting; later it is an event.
  credentials();
  const options = createConnectionOptions(settings.connectionName ?? 'redis-kit', deadlineMs);
  if ('sentinels' in settings) return createSentinel(settings, options, deadlineMs, credentials, status, onCertificate);
  const open = (own: RedisOptions, onChange: () => void) =>
    openConnection({ ...options, ...own }, credentials, {
      onChange,
      onError: (error) => status.error(error),
      onCertificate,
    });
  if ('clusterNodes' in settings) return createCluster(settings.clusterNodes, status, open);
  const { host, port, db } = parseRedisUrl(settings.url);
  const connection: RedisConnection = open({ host, port, db }, () => status.update([connection]));
  return createStandalone(connection, status);
}
