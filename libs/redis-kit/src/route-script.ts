import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from './redis-call';
import { RedisUnavailableError } from './redis-errors';
import type { Destination, RedisRoutes } from './redis-routes';
import { sendScript, type ScriptCall } from './send-script';

/** Sends a script to the server that serves its first key, and on from there for as long as its caller waits. */
export function routeScript(routes: RedisRoutes, call: ScriptCall, attempt: Attempt): Promise<unknown> {
  const destination = { link: routes.linkFor(call.keys[0]), asking: false };
  return sendScript(destination, call, attempt).catch((error: unknown) =>
    sendOn(error as Error, routes, destination, call, attempt),
  );
}

async function sendOn(
  reply: Error,
  routes: RedisRoutes,
  from: Destination,
  call: ScriptCall,
  attempt: Attempt,
): Promise<unknown> {
  let error = reply;
  let destination = from;
  let wasLate = false;
  for (;;) {
    const isUnknown = error.message.startsWith('NOSCRIPT');
    const isLate = error.message.startsWith('LATE');
    // Late for a caller who still waits: the server's clock jumped. It is read again, and the script, which did nothing, sent again.
    if (isLate) destination.link.clock.forget();
    if (isLate && wasLate) throw error;
    wasLate ||= isLate;
    const next = isUnknown || isLate ? destination : await routes.redirection(error, destination.link, call.keys[0]);
    if (!next) throw error;
    attempt.refused();
    destination = next;
    while (!destination.link.isReady && !attempt.isOver) await sleep(5);
    if (attempt.isOver) throw new RedisUnavailableError('The caller has stopped waiting', false);
    try {
      return await sendScript(destination, call, attempt, isUnknown ? 'eval' : 'evalsha');
    } catch (thrown) {
      error = thrown as Error;
    }
  }
}
