import { RedisUnavailableError } from './redis-errors';
import type { LinkEvents, RedisLink } from './redis-link';
import type { RedisRoutes } from './redis-routes';
import type { RedisStatus } from './redis-status';

/** There is one primary, and everything goes to it. */
export function createPrimaryRoute(status: RedisStatus, open: (events: LinkEvents) => RedisLink): RedisRoutes {
  const link = open({ changed: () => status.setReady(link.isReady), error: status.error });
  return {
    linkFor() {
      if (!link.isReady) throw new RedisUnavailableError(`Redis is not connected (${link.redis.status})`, false);
      return link;
    },
    redirection: () => undefined,
    primaries: () => [link],
    close: (withinMs) => link.close(withinMs),
  };
}
