import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';

type Done = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
type Resolve = (host: string, done: Done) => void;

interface Name {
  /** The addresses of the last successful lookup. */
  good?: LookupAddress[];
  /** Undefined while no lookup is in flight. */
  lookupStartedAt?: number;
  readonly waiting: Done[];
}

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
  const resolve = createResolve((host, done) =>
    // After an error there are no addresses, although the type has them.
    lookup(host, { all: true, hints: dns.ADDRCONFIG }, (error, addresses: LookupAddress[] | undefined = []) =>
      done(error, addresses),
    ),
  );

  function lookupWithMemory(hostname: string, ...rest: unknown[]): void {
    const callback = rest.at(-1) as (error: Error | null, ...found: unknown[]) => void;
    const options = toOptions(rest.length > 1 ? rest[0] : undefined);
    if (!hostname || isIP(hostname) !== 0) return lookup(hostname, options, callback);
    resolve(hostname, (error, addresses) => {
      const found = addresses.filter(({ family }) => !options.family || family === options.family);
      const [first] = found;
      if (error || !first) callback(error ?? notFound(hostname));
      else if (options.all) callback(null, found);
      else callback(null, first.address, first.family);
    });
  }
  dns.lookup = Object.assign(lookupWithMemory, { __promisify__: lookup.__promisify__ }) as typeof dns.lookup;
  return () => void (dns.lookup = lookup);
}

/** `find` looks a name up. */
export function createResolve(find: Resolve): Resolve {
  const names = new Map<string, Name>();

  const startLookup = (host: string, name: Name): void => {
    name.lookupStartedAt = performance.now();
    find(host, (error, addresses) => {
      name.lookupStartedAt = undefined;
      if (!error && addresses.length > 0) name.good = addresses;
      if (!name.good) names.delete(host);
      for (const done of name.waiting.splice(0)) {
        if (name.good) done(null, name.good);
        else done(error, addresses);
      }
    });
  };
  const getName = (host: string): Name => {
    const name = names.get(host) ?? { waiting: [] };
    names.set(host, name);
    for (const oldest of names.keys()) {
      if (names.size <= maxNames) break;
      names.delete(oldest);
    }
    return name;
  };

  return (host, done) => {
    const name = getName(host);
    if (name.lookupStartedAt === undefined) startLookup(host, name);
    const { good, waiting, lookupStartedAt = 0 } = name;
    if (!good) return void waiting.push(done);
    const waitMs = lookupStartedAt + patienceMs - performance.now();
    const timer = setTimeout(
      () => {
        waiting.splice(waiting.indexOf(doneInTime), 1);
        done(null, good);
      },
      Math.max(0, waitMs),
    );
    const doneInTime: Done = (error, addresses) => {
      clearTimeout(timer);
      done(error, addresses);
    };
    waiting.push(doneInTime);
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
