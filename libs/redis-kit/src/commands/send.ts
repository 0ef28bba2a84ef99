import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'ioredis';
import type { RedisConnection } from '../connection/redis-connection';
import type { Destination, Topology } from '../topology/topology';
import type { CallInFlight } from './calls';
import type { Args, ScriptRun } from './script-run';

/** A command that can be sent to several servers, until one of them runs it. */
interface RoutedCommand {
  /** Decides which server gets the command. */
  readonly key: string | undefined;
  sendTo(destination: Destination, call: CallInFlight): Promise<unknown>;
  /** Adapts the command to an error reply after which the same server may run it; returns false for any other error. */
  adapt?(error: Error, connection: RedisConnection): boolean;
}

/** Sends a command to the server that owns its key, and follows redirects for as long as its caller waits. */
export function send(topology: Topology, command: RoutedCommand, call: CallInFlight): Promise<unknown> {
  const destination = { connection: topology.connectionFor(command.key), asking: false };
  return command
    .sendTo(destination, call)
    .catch((error: unknown) => sendAgain(topology, command, call, destination, error as Error));
}

async function sendAgain(
  topology: Topology,
  command: RoutedCommand,
  call: CallInFlight,
  from: Destination,
  reply: Error,
): Promise<unknown> {
  let error = reply;
  let destination = from;
  for (;;) {
    const { connection } = destination;
    const isAdapted = command.adapt?.(error, connection) ?? false;
    const next = isAdapted ? destination : await topology.redirect?.(error, connection, command.key);
    if (!next) throw error;
    call.markNotRun();
    destination = next;
    while (!destination.connection.isReady && !call.isSettled) await sleep(5);
    try {
      return await command.sendTo(destination, call);
    } catch (thrown) {
      error = thrown as Error;
    }
  }
}

export const toScriptCommand = (run: ScriptRun): RoutedCommand => ({
  key: run.key,
  sendTo(destination, call) {
    const args = run.toCommand(destination.connection.clockOffset, call.deadline);
    return 'then' in args
      ? args.then((known) => sendArgs(destination, call, known))
      : sendArgs(destination, call, args);
  },
  adapt: (error, { clockOffset }) => run.adapt(error, clockOffset),
});

export const toPlainCommand = (args: Args, key: string | undefined): RoutedCommand => ({
  key,
  sendTo: (destination, call) => sendArgs(destination, call, args),
});

/** Throws when the caller has stopped waiting. */
function sendArgs(
  { connection: { redis, corkWrites }, asking }: Destination,
  call: CallInFlight,
  [name = '', ...args]: Args,
): Promise<unknown> {
  call.markSent();
  corkWrites();
  // ASKING applies to the next command, whose own reply says what is wrong.
  if (asking) redis.asking().catch(() => undefined);
  return redis.sendCommand(new Command(String(name), args, { replyEncoding: 'utf8' })) as Promise<unknown>;
}
