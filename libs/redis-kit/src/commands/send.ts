import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'ioredis';
import type { RedisConnection } from '../connection/redis-connection';
import type { Destination, Topology } from '../topology/topology';
import type { Attempt } from './calls';
import type { LoadedScript } from './script';

type Words = readonly (string | number)[];

/** A command that can be sent to any server, as often as it takes until one runs it. */
interface Outgoing {
  /** Decides which server gets the command. */
  readonly key: string | undefined;
  sendTo(destination: Destination, attempt: Attempt): Promise<unknown>;
  /** Adapts the command to an error reply after which the same server may run it; returns false for any other error. */
  adapt?(error: Error, connection: RedisConnection): boolean;
}

/** Sends a command to the server that owns its key, and follows redirects for as long as its caller waits. */
export function send(topology: Topology, outgoing: Outgoing, attempt: Attempt): Promise<unknown> {
  const destination = { connection: topology.connectionFor(outgoing.key), asking: false };
  return outgoing
    .sendTo(destination, attempt)
    .catch((error: unknown) => sendAgain(topology, outgoing, attempt, destination, error as Error));
}

async function sendAgain(
  topology: Topology,
  outgoing: Outgoing,
  attempt: Attempt,
  from: Destination,
  reply: Error,
): Promise<unknown> {
  let error = reply;
  let destination = from;
  for (;;) {
    const { connection } = destination;
    const isAdapted = outgoing.adapt?.(error, connection) ?? false;
    const next = isAdapted ? destination : await topology.redirect?.(error, connection, outgoing.key);
    if (!next) throw error;
    attempt.refused();
    destination = next;
    while (!destination.connection.isReady && !attempt.isOver) await sleep(5);
    try {
      return await outgoing.sendTo(destination, attempt);
    } catch (thrown) {
      error = thrown as Error;
    }
  }
}

/** One run of a script. */
export class ScriptRun implements Outgoing {
  private isLoaded = true;
  private wasLate = false;

  constructor(
    private readonly script: LoadedScript,
    private readonly keys: readonly string[],
    private readonly args: Words,
  ) {}

  get key(): string | undefined {
    return this.keys[0];
  }

  sendTo(destination: Destination, attempt: Attempt): Promise<unknown> {
    const { script, keys, args } = this;
    const name = this.isLoaded ? 'evalsha' : 'eval';
    const head = [this.isLoaded ? script.sha : script.text, keys.length, ...keys];
    if (!script.changes) return sendWords(destination, attempt, name, [...head, ...args]);
    const sendGuarded = (offset: number) =>
      sendWords(destination, attempt, name, [...head, Math.floor(attempt.deadline + offset), ...args]);
    const offset = destination.connection.clockOffset.get();
    return typeof offset === 'number' ? sendGuarded(offset) : offset.then(sendGuarded);
  }

  adapt({ message }: Error, { clockOffset }: RedisConnection): boolean {
    if (message.startsWith('NOSCRIPT')) {
      this.isLoaded = false;
      return true;
    }
    if (!message.startsWith('DEADLINE_EXCEEDED')) return false;
    // The caller still waits, so the clock of the server has jumped: it is read again, once.
    clockOffset.forget();
    const isFirst = !this.wasLate;
    this.wasLate = true;
    return isFirst;
  }
}

/** A command with the words that Redis knows it by. */
export function toPlainCommand([name = '', ...args]: Words): Outgoing {
  const [key] = new Command(String(name), args).getKeys();
  return {
    key: key?.toString(),
    sendTo: (destination, attempt) => sendWords(destination, attempt, String(name), args),
  };
}

/** Throws when the caller has stopped waiting. */
function sendWords(
  { connection: { redis, corkWrites }, asking }: Destination,
  attempt: Attempt,
  name: string,
  args: (string | number)[],
): Promise<unknown> {
  attempt.sending();
  corkWrites();
  // Written right before the command to which it applies, whose own reply says what is wrong.
  if (asking) redis.asking().catch(() => undefined);
  return redis.sendCommand(new Command(name, args, { replyEncoding: 'utf8' })) as Promise<unknown>;
}
