import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SendCommandOptions } from './clients/command-sender';
import { Calls, type Call, type CallReport } from './commands/calls';
import { createRepeat } from './commands/repeat';
import { createScriptLoader, ScriptRun, type Script } from './commands/script';
import { scanServer } from './commands/scan';
import { send, type Args } from './commands/send';
import { readMemoryUsage, type RedisFinding } from './connection/inspect-redis';
import { RedisUnavailableError, toRedisError } from './redis-errors';
import type { Connection, Topology } from './topology/topology';
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

export interface ClientOptions {
  readonly deadlineMs: number;
  readonly onCall?: ((report: CallReport) => void) | undefined;
  /** A connection may send a command again after it broke: each changing script remembers its reply until its deadline, and runs once. */
  readonly mayResend: boolean;
}

const readyPollMs = 10;

export function createClient(
  topology: Topology,
  { deadlineMs, onCall, mayResend }: ClientOptions,
): Omit<RedisClient, 'findings'> {
  const load = createScriptLoader({ once: mayResend });
  const calls = new Calls(deadlineMs, onCall);
  let isClosed = false;
  const repeat = createRepeat(() => !isClosed);
  const closedError = () => new RedisUnavailableError('The client was closed', false);
  const call: Calls['make'] = (...made) => (isClosed ? Promise.reject(closedError()) : calls.make(...made));

  const createRun =
    (sendCommand: typeof send): RedisClient['run'] =>
    (script, input) => {
      const { keys, args } = script.encode(input);
      const ownKeys = mayResend && script.changes ? [...keys, requestKey(keys[0] ?? '')] : keys;
      const run = new ScriptRun(load(script), ownKeys, args);
      return call(
        script.name,
        (inFlight) => sendCommand(topology, run, inFlight),
        (reply) => script.decode(reply, input),
      );
    };
  const askPrimaries =
    <Reply>(ask: (primary: Connection, inFlight: Call) => Promise<Reply>) =>
    async (inFlight: Call): Promise<Reply[]> => {
      const primaries = await topology.primaries();
      return Promise.all(primaries.map((primary) => ask(primary, inFlight)));
    };
  const pingPrimary = (primary: Connection, inFlight: Call) =>
    Promise.all([primary.send(['ping'], inFlight), primary.inspect?.()]);
  const askMemoryUsage = async (primary: Connection, inFlight: Call) =>
    readMemoryUsage(String(await primary.send(['info', 'memory'], inFlight)));

  const client: Omit<RedisClient, 'findings'> = {
    run: createRun(send),
    repeating: () => ({
      ...client,
      run: createRun((...sent) => repeat(sent[2], async () => send(...sent))),
    }),
    sendCommand: (args, { key }) =>
      call(
        String(args[0]).toLowerCase(),
        (inFlight) => send(topology, { key, toCommand: () => args }, inFlight),
        (reply) => reply,
      ),
    async *scan(pattern) {
      const primaries = await call(
        'scan',
        async () => topology.primaries(),
        (found) => found,
      );
      for (const primary of primaries) {
        const sendTo = (args: Args) =>
          call(
            'scan',
            (inFlight) => primary.send(args, inFlight),
            (reply) => reply,
          );
        yield* scanServer(sendTo, pattern);
      }
    },
    ping: () => call('ping', askPrimaries(pingPrimary), () => undefined),
    memoryUsage: () => call('info', askPrimaries(askMemoryUsage), (usages) => Math.max(0, ...usages)),
    async ready(timeoutMs) {
      if (isClosed) throw closedError();
      let reason: unknown = new RedisUnavailableError(`Redis did not reply within ${timeoutMs} ms`, false);
      let isLate = false;
      const poll = async () => {
        while (!isLate) {
          try {
            return void (await topology.primaries());
          } catch (error) {
            reason = error;
          }
          await sleep(readyPollMs);
        }
      };
      await withTimeout(timeoutMs, poll(), () => toRedisError(reason, false)).finally(() => (isLate = true));
    },
    async close() {
      isClosed = true;
      const closed = calls.settled().then(() => topology.close(deadlineMs));
      await withTimeout(deadlineMs, closed).catch(() => topology.close(0));
    },
  };
  return client;
}

/** A key in the slot of the other one. */
const requestKey = (key: string): string => `${/\{[^}]+\}/.test(key) ? key : `{${key}}`}:request:${randomUUID()}`;
