import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Calls, type CallInFlight, type CallReport } from '../commands/calls';
import { scanServer } from '../commands/scan';
import { createScriptLoader, type Script } from '../commands/script';
import { ScriptRun } from '../commands/script-run';
import { ClockOffset } from '../connection/clock-offset';
import { findingsIn, type RedisFinding } from '../connection/inspect-redis';
import { isErrorReply, RedisUnavailableError } from '../redis-errors';
import { withTimeout } from '../with-timeout';
import type { RedisClient } from '../connect-redis';
import type { CommandSender } from './command-sender';

export interface ScriptRunnerOptions {
  /** Every call settles within this time. */
  readonly deadlineMs: number;
  readonly onCall?: ((report: CallReport) => void) | undefined;
  /** Is called once, when the configuration of the server has problems. */
  readonly onFindings: (findings: readonly RedisFinding[]) => void;
}

/** A read of the clock that any client sends to the node of a key. */
const clockScript = "return redis.call('TIME')";
const readyPollMs = 50;

/**
 * Runs scripts through a client of the caller. The client may queue a command, or send it again after a broken connection. A changing
 * script runs at most once all the same, and not after its deadline: each run has a key that remembers the reply until then.
 */
export function createScriptRunner(
  client: CommandSender,
  { deadlineMs, onCall, onFindings }: ScriptRunnerOptions,
): Pick<RedisClient, 'run' | 'scan' | 'ping' | 'ready' | 'close'> {
  const load = createScriptLoader({ once: true });
  const calls = new Calls(deadlineMs, onCall);
  const clocks = new Map<string, ClockOffset>();
  let isClosed = false;
  let isInspected = false;
  let preparing: Promise<void> | undefined;
  let isPrepared = client.prepare === undefined;

  const prepare = () => {
    preparing ??= (client.prepare?.() ?? Promise.resolve())
      .then(() => void (isPrepared = true))
      .finally(() => (preparing = undefined));
    return preparing;
  };
  const clockFor = (key: string): ClockOffset => {
    const node = client.getNode?.(key) ?? '';
    const readTime = () =>
      client.sendCommand(['EVAL', clockScript, '1', key], { key, isWrite: true }) as Promise<string[]>;
    const clock = clocks.get(node) ?? new ClockOffset(readTime);
    clocks.set(node, clock);
    return clock;
  };
  const send = (call: CallInFlight, args: readonly (string | number)[], key?: string) => {
    call.markSent();
    return client.sendCommand(args.map(String), { key, isWrite: true });
  };

  const runScript = async (call: CallInFlight, run: ScriptRun): Promise<unknown> => {
    if (!isPrepared) await prepare();
    for (;;) {
      const clock = clockFor(run.key ?? '');
      try {
        return await send(call, await run.toCommand(clock, call.deadline), run.key);
      } catch (thrown) {
        const error = thrown as Error;
        // Another server may respond once the client is connected again.
        if (!isErrorReply(error)) clock.forget();
        if (!run.adapt(error, clock)) throw error;
        call.markNotRun();
      }
    }
  };
  const inspect = async () => {
    isInspected = true;
    const info = await client.sendCommand(['INFO'], { isWrite: false }).catch(() => undefined);
    const findings = typeof info === 'string' ? findingsIn(info, 'Redis') : [];
    if (findings.length > 0) onFindings(findings);
  };
  const call: typeof calls.make = (...made) => {
    if (isClosed) return Promise.reject(new RedisUnavailableError('The carts were closed', false));
    return calls.make(...made);
  };
  const ping = () =>
    call(
      'ping',
      (inFlight) => send(inFlight, ['PING']),
      () => undefined,
    );

  return {
    run(script, input) {
      const { keys, args } = script.encode(input);
      const ownKeys = script.changes ? [...keys, requestKey(keys[0] ?? '')] : keys;
      const run = new ScriptRun(load(script as Script<never, unknown>), ownKeys, args);
      return call(
        script.name,
        (inFlight) => runScript(inFlight, run),
        (reply) => {
          if (!isInspected) void inspect();
          return script.decode(reply, input);
        },
      );
    },
    async *scan(pattern) {
      if (!isPrepared) await prepare();
      for (const primary of (await client.getPrimaries?.()) ?? [client]) {
        const sendTo = (args: readonly string[]) =>
          call(
            'scan',
            (inFlight) => {
              inFlight.markSent();
              return primary.sendCommand([...args], { isWrite: true });
            },
            (reply) => reply,
          );
        yield* scanServer(sendTo, pattern);
      }
    },
    ping,
    async ready(timeoutMs) {
      const polling = new AbortController();
      const poll = async () => {
        for (;;) {
          const error = await ping().then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          if (error === undefined || polling.signal.aborted) return;
          await sleep(readyPollMs);
        }
      };
      const late = () => new RedisUnavailableError(`Redis did not reply within ${timeoutMs} ms`, false);
      await withTimeout(timeoutMs, poll(), late).finally(() => polling.abort());
    },
    async close() {
      isClosed = true;
      await calls.settled();
    },
  };
}

/** A key in the slot of the other one. */
const requestKey = (key: string): string => `${/\{[^}]+\}/.test(key) ? key : `{${key}}`}:request:${randomUUID()}`;
