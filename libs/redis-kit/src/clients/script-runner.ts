import { ClockOffset } from '../connection/clock-offset';
import { findingsIn, type RedisFinding } from '../connection/inspect-redis';
import { createClient, type ClientOptions, type RedisClient } from '../create-client';
import { isErrorReply } from '../redis-errors';
import type { Connection, Topology } from '../topology/topology';
import type { CommandSender } from './command-sender';

export interface ScriptRunnerOptions extends Pick<ClientOptions, 'deadlineMs' | 'onCall'> {
  /** Is called once, when the configuration of the server has problems. */
  readonly onFindings: (findings: readonly RedisFinding[]) => void;
}

/** A read of the clock that any client sends to the node of a key. */
const clockScript = "return redis.call('TIME')";

/**
 * Runs scripts through a client of the caller. The client may queue a command, or send it again after a broken connection. A changing
 * script runs at most once all the same, and not after its deadline: each run has a key that remembers the reply until then.
 */
export const createScriptRunner = (
  client: CommandSender,
  { onFindings, ...options }: ScriptRunnerOptions,
): Pick<RedisClient, 'run' | 'scan' | 'ping' | 'ready' | 'close'> =>
  createClient(createForeignTopology(client, onFindings), { ...options, mayResend: true });

/** The client of the caller knows which server owns a key, and follows redirects. */
function createForeignTopology(client: CommandSender, onFindings: ScriptRunnerOptions['onFindings']): Topology {
  const clocks = new Map<string, ClockOffset>();
  let isInspected = false;
  let preparing: Promise<void> | undefined;

  const prepare = async () => {
    try {
      await (preparing ??= client.prepare?.());
    } catch (error) {
      preparing = undefined;
      throw error;
    }
  };
  const clockFor = (key: string): ClockOffset => {
    const node = client.getNode?.(key) ?? '';
    const readTime = async () => {
      await prepare();
      return client.sendCommand(['EVAL', clockScript, '1', key], { key, isWrite: true }) as Promise<string[]>;
    };
    const clock = clocks.get(node) ?? new ClockOffset(readTime);
    clocks.set(node, clock);
    return clock;
  };
  const inspect = async () => {
    isInspected = true;
    const info = await client.sendCommand(['INFO'], { isWrite: false }).catch(() => undefined);
    const findings = typeof info === 'string' ? findingsIn(info, 'Redis') : [];
    if (findings.length > 0) onFindings(findings);
  };
  const toConnection = (sender: CommandSender, key?: string): Connection => ({
    isReady: true,
    // The key may have another node after an attempt that failed.
    get clockOffset() {
      return clockFor(key ?? '');
    },
    async send(args, call) {
      await prepare();
      call.markSent();
      try {
        const reply = await sender.sendCommand(args.map(String), { key, isWrite: true });
        if (!isInspected) void inspect();
        return reply;
      } catch (error) {
        // Another server may respond once the client is connected again.
        if (!isErrorReply(error as Error)) clockFor(key ?? '').forget();
        throw error;
      }
    },
  });

  return {
    connectionFor: (key) => toConnection(client, key),
    async primaries() {
      await prepare();
      await client.sendCommand(['PING'], { isWrite: true });
      const primaries = (await client.getPrimaries?.()) ?? [client];
      return primaries.map((primary) => toConnection(primary));
    },
    close: () => Promise.resolve(),
  };
}
