import { setTimeout as sleep } from 'node:timers/promises';
import type { ClockOffset } from '../connection/clock-offset';
import type { Destination, Topology } from '../topology/topology';
import type { Call } from './calls';

export type Args = readonly (string | number)[];

/** A command that can be sent to several servers, until one of them runs it. */
export interface RoutedCommand {
  /** Decides which server gets the command. */
  readonly key: string | undefined;
  /** The command to send to the server with this clock; a promise only when the clock has to be read first. */
  toCommand(clock: ClockOffset, deadline: number): Args | Promise<Args>;
  /** Adapts the command to an error reply after which the same server may run it; returns false for any other error. */
  adapt?(error: Error, clock: ClockOffset): boolean;
}

/** Sends a command to the server that owns its key, and follows redirects for as long as its caller waits. */
export function send(topology: Topology, command: RoutedCommand, call: Call): Promise<unknown> {
  const destination = { connection: topology.connectionFor(command.key), asking: false };
  return sendTo(destination, command, call).catch((error: unknown) =>
    sendAgain(topology, command, call, destination, error as Error),
  );
}

async function sendAgain(
  topology: Topology,
  command: RoutedCommand,
  call: Call,
  from: Destination,
  reply: Error,
): Promise<unknown> {
  let error = reply;
  let destination = from;
  for (;;) {
    const { connection } = destination;
    const isAdapted = command.adapt?.(error, connection.clockOffset) ?? false;
    const next = isAdapted ? destination : await topology.redirect?.(error, connection, command.key);
    if (!next) throw error;
    call.markNotRun();
    destination = next;
    while (!destination.connection.isReady && !call.isSettled) await sleep(5);
    try {
      return await sendTo(destination, command, call);
    } catch (thrown) {
      error = thrown as Error;
    }
  }
}

/** Throws when the caller has stopped waiting. */
function sendTo({ connection, asking }: Destination, command: RoutedCommand, call: Call): Promise<unknown> {
  const args = command.toCommand(connection.clockOffset, call.deadline);
  return 'then' in args
    ? args.then((known) => connection.send(known, call, asking))
    : connection.send(args, call, asking);
}
