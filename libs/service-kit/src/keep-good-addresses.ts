import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LRUCache } from 'lru-cache';

/** Resolves to the addresses of a host. */
type Resolve = (host: string) => Promise<LookupAddress[]>;

/** How long a known address waits for a newer one: a cluster's DNS responds in a few ms. */
const patienceMs = 50;
const maxNames = 100;

/**
 * Makes connections of this process survive an outage of DNS: each connection looks its name up, and uses the last good addresses when
 * the lookup fails or is slow. At most one lookup of a name is in flight, since an unanswered one blocks a thread for many seconds.
 * Replaces `dns.lookup`, because ioredis, pg and fetch have no common option. Returns a function that restores it.
 */
export function keepGoodAddresses(): () => void {
  const { lookup } = dns;
  const resolve = createResolve((host) => promisify(lookup)(host, { all: true, hints: dns.ADDRCONFIG }));

  function lookupWithMemory(hostname: string, ...rest: unknown[]): void {
    const callback = rest.at(-1) as (error: Error | null, ...found: unknown[]) => void;
    const options = toOptions(rest.length > 1 ? rest[0] : undefined);
    if (!hostname || isIP(hostname) !== 0) return lookup(hostname, options, callback);
    resolve(hostname).then((addresses) => {
      const found = addresses.filter(({ family }) => !options.family || family === options.family);
      const [first] = found;
      if (!first) callback(notFound(hostname));
      else if (options.all) callback(null, found);
      else callback(null, first.address, first.family);
    }, callback);
  }
  dns.lookup = Object.assign(lookupWithMemory, { __promisify__: lookup.__promisify__ }) as typeof dns.lookup;
  return () => void (dns.lookup = lookup);
}

/** `find` looks a name up. */
export function createResolve(find: Resolve): Resolve {
  const lastGood = new LRUCache<string, LookupAddress[]>({ max: maxNames });
  const inFlight = new Map<string, Promise<LookupAddress[]>>();

  const lookUp: Resolve = async (host) => {
    try {
      const found = await find(host);
      if (found.length === 0) throw notFound(host);
      lastGood.set(host, found);
      return found;
    } finally {
      inFlight.delete(host);
    }
  };
  const start: Resolve = (host) => {
    const found = lookUp(host);
    const good = lastGood.get(host);
    if (!good) return found;
    return Promise.race([found.catch(() => good), sleep(patienceMs, good, { ref: false })]);
  };

  return (host) => {
    const addresses = inFlight.get(host) ?? start(host);
    inFlight.set(host, addresses);
    return addresses;
  };
}

function toOptions(given: unknown): LookupOptions {
  if (typeof given === 'number') return { family: given };
  const options = (given ?? {}) as LookupOptions;
  return { ...options, family: Number(String(options.family ?? 0).replace('IPv', '')) };
}

const notFound = (host: string) =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname: host,
  });
