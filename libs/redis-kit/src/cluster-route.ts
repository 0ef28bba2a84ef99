import { nodeName, parseRedirection, readSlots, slotCount, slotOf, type SlotRange } from './cluster-slots';
import { keepFresh } from './keep-fresh';
import { RedisUnavailableError } from './redis-errors';
import type { LinkEvents, RedisLink } from './redis-link';
import type { RedisRoutes } from './redis-routes';
import type { HostPort } from './redis-settings';
import type { RedisStatus } from './redis-status';

const tryAgainMs = 20;

/**
 * A connection to every primary, each as strict as that to a single Redis, and the map of the slots. ioredis's own `Cluster`
 * sends a command again when a connection breaks under it, and keeps commands while it looks for the nodes.
 */
export function createClusterRoute(
  seeds: readonly HostPort[],
  status: RedisStatus,
  open: (at: HostPort, events: LinkEvents) => RedisLink,
): RedisRoutes {
  const links = new Map<string, RedisLink>();
  const seedNames = new Set(seeds.map(nodeName));
  const owners = new Array<string | undefined>(slotCount);
  let primaries = new Set<string>();

  const ready = () => [...links.values()].filter(({ isReady }) => isReady);
  const isWhole = () => primaries.size > 0 && [...primaries].every((name) => links.get(name)?.isReady);
  const changed = () => {
    status.setReady(isWhole());
    if (!isWhole()) map.freshen();
  };

  const inspected = () => {
    status.setFindings([...primaries].flatMap((name) => links.get(name)?.findings ?? []));
  };

  const linkTo = (node: HostPort): RedisLink => {
    const known = links.get(nodeName(node));
    if (known) return known;
    const link = open(node, { changed, error: status.error, inspected });
    links.set(nodeName(node), link);
    return link;
  };

  const apply = (ranges: readonly SlotRange[]) => {
    owners.fill(undefined);
    for (const { from, to, primary } of ranges) owners.fill(nodeName(primary), from, to + 1);
    const before = primaries;
    primaries = new Set(ranges.map(({ primary }) => nodeName(primary)));
    for (const { primary } of ranges) linkTo(primary);
    inspected();
    for (const [name, link] of links) {
      if (primaries.has(name) || seedNames.has(name)) continue;
      links.delete(name);
      void link.close(1000);
    }
    if ([...before].some((name) => !primaries.has(name)) && before.size <= primaries.size) status.failover();
  };

  const map = keepFresh(async () => {
    for (const link of shuffled(ready())) {
      const ranges = await readSlots(link);
      if (!ranges || status.isClosed) continue;
      apply(ranges);
      break;
    }
    status.setReady(isWhole());
    return isWhole();
  });
  for (const seed of seeds) linkTo(seed);

  const linkFor = (key: string | undefined): RedisLink => {
    const name =
      key === undefined ? [...primaries].find((primary) => links.get(primary)?.isReady) : owners[slotOf(key)];
    const link = name === undefined ? undefined : links.get(name);
    if (link?.isReady) return link;
    throw new RedisUnavailableError(
      primaries.size === 0 ? 'Redis is not connected' : 'No server of the cluster is there for this key',
      false,
    );
  };

  return {
    linkFor,
    redirection(error, from, key) {
      const to = parseRedirection(error.message, from.redis.options.host ?? '');
      if (to) {
        if (to.kind === 'MOVED') {
          owners[to.slot] = nodeName(to.node);
          map.freshen();
        }
        return Promise.resolve({ link: linkTo(to.node), asking: to.kind === 'ASK' });
      }
      if (error.message.startsWith('CLUSTERDOWN')) map.freshen();
      if (!error.message.startsWith('TRYAGAIN')) return undefined;
      return new Promise((resolve) => setTimeout(resolve, tryAgainMs)).then(() => ({
        link: linkFor(key),
        asking: false,
      }));
    },
    primaries: () => [...primaries].flatMap((name) => links.get(name) ?? []),
    async close(withinMs) {
      map.stop();
      await Promise.all([...links.values()].map((link) => link.close(withinMs)));
    },
  };
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
