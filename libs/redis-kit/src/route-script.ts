import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from './redis-call';
import { RedisUnavailableError } from './redis-errors';
import type { RedisRoutes } from './redis-routes';
import { sendScript, type ScriptCall } from './send-script';

/** Sends a script to the server that serves its first key, and on from there for as long as its caller waits. */
export async function routeScript(routes: RedisRoutes, call: ScriptCall, attempt: Attempt): Promise<unknown> {
  const [key] = call.keys;
  let destination = { link: routes.linkFor(key), asking: false };
  for (;;) {
    try {
      return await sendScript(destination.link, call, attempt, destination.asking);
    } catch (error) {
      const next = routes.redirection(error as Error, destination.link, key);
      if (!next) throw error;
      attempt.refused();
      destination = await next;
      while (!destination.link.isReady && !attempt.isOver) await sleep(5);
      if (attempt.isOver) throw new RedisUnavailableError('The caller has stopped waiting', false);
    }
  }
}
