import { lookup } from 'node:dns/promises';
import type { RedisOptions } from 'ioredis';
import { createPrimaryRoute } from './primary-route';
import type { RedisAccess } from './redis-access';
import { openLink, type RedisLink } from './redis-link';
import { retryDelayMs } from './redis-options';
import type { RedisRoutes } from './redis-routes';
import type { HostPort, SentinelSettings } from './redis-settings';
import type { RedisStatus } from './redis-status';
import { watchSentinels } from './sentinel-watch';

/** A sentinel answers in a few ms; one that hangs must not hold up the question to the next one. */
const sentinelTimeoutMs = 250;

/** There is one primary, and the sentinels know which. */
export function createSentinelRoute(
  settings: SentinelSettings,
  options: RedisOptions,
  access: () => RedisAccess,
  status: RedisStatus,
): RedisRoutes {
  let served: string | undefined;
  const remote = ({ redis }: RedisLink) =>
    addressOf({ host: redis.stream?.remoteAddress, port: redis.stream?.remotePort });

  let link!: RedisLink;
  const route = createPrimaryRoute(status, (events) => {
    const changed = () => {
      if (link.isReady) {
        const before = served;
        served = remote(link);
        if (before !== undefined && before !== served) status.failover();
      }
      events.changed();
    };
    link = openLink(sentinelOptions(settings, options, access().tls !== undefined), access, { ...events, changed });
    return link;
  });

  const watch = watchSentinels(settings, options, access, (primary) => {
    void addressesOf(primary).then((addresses) => {
      if (!addresses.includes(remote(link))) link.reconnect();
    });
  });
  return {
    ...route,
    async close(withinMs) {
      await Promise.all([watch.close(), route.close(withinMs)]);
    },
  };
}

/** Sentinels may announce names; each of them tells of the same switch, and the connection is dropped for none that it followed. */
const addressesOf = ({ host, port }: HostPort): Promise<string[]> =>
  lookup(host, { all: true }).then(
    (found) => found.map(({ address }) => addressOf({ host: address, port })),
    () => [],
  );

const addressOf = ({ host, port }: Partial<HostPort>) => `${host}:${port}`;

const sentinelOptions = (settings: SentinelSettings, options: RedisOptions, encrypted: boolean): RedisOptions => ({
  ...options,
  sentinels: settings.sentinels.map(({ host, port }) => ({ host, port })),
  name: settings.sentinelName,
  sentinelUsername: settings.sentinelUsername,
  sentinelPassword: settings.sentinelPassword,
  sentinelCommandTimeout: sentinelTimeoutMs,
  sentinelRetryStrategy: retryDelayMs,
  // Those that are named are asked, and no address that is out of reach from here.
  updateSentinels: false,
  enableTLSForSentinelMode: encrypted,
});
