import { RedisUnavailableError } from './redis-errors';
import type { LinkEvents, RedisLink } from './redis-link';
import type { RedisRoutes } from './redis-routes';
import type { RedisStatus } from './redis-status';

/** There is one primary, and everything goes to it. */
export function createPrimaryRoute(status: RedisStatus, open: (events: LinkEvents) => RedisLink): RedisRoutes {
  const link: RedisLink = open({
    changed: () => status.setReady(link.isReady),
    error: status.error,
    inspected: () => status.setFindings(link.findings),
  });
  return {
    linkFor() {
      if (link.isReady) return link;
      const refused = link.redis.status === 'ready' && link.findings.find(({ code }) => code === 'database');
      const why = refused ? refused.message : `Redis is not connected (${link.redis.status})`;
      throw new RedisUnavailableError(why, false);
    },
    redirection: () => undefined,
    primaries: () => [link],
    close: (withinMs) => link.close(withinMs),
  };
}
