import { followAddresses } from './addresses';
import { ConnectedAddress, type ConnectionOptions } from './connected-address';
import { readResponse } from './exchange';

/** Another service, at all its addresses. */
export interface Upstream {
  /** Yields each address once, in turn. Draining addresses come later, ejected ones last. */
  roundRobin(): Generator<ConnectedAddress, undefined>;
  /** A health check: resolves if an address responds. */
  check(): Promise<void>;
  close(): void;
}

export interface UpstreamOptions extends Omit<ConnectionOptions, 'onEjected'> {
  /** A host name can have several addresses. */
  readonly urls: readonly string[];
  /** The time between DNS lookups; default 5000. */
  readonly lookupMs?: number;
}

const checkMs = 1000;

export function createUpstream({ urls, lookupMs = 5000, ...options }: UpstreamOptions): Upstream {
  let known = new Map<string, ConnectedAddress>();
  let addresses: ConnectedAddress[] = [];
  let turn = 0;

  // A pod that came back has another address.
  const onEjected = () => lookups.lookUpNow();
  const lookups = followAddresses(urls, lookupMs, (found) => {
    const current = new Map<string, ConnectedAddress>();
    for (const address of found) {
      const key = `${address.authority} ${address.host} ${address.port}`;
      current.set(key, known.get(key) ?? new ConnectedAddress(address, { ...options, onEjected }));
    }
    for (const [key, removed] of known) if (!current.has(key)) removed.drain();
    known = current;
    addresses = [...current.values()];
  });

  return {
    *roundRobin() {
      const first = turn % addresses.length;
      turn = first + 1;
      const rotated = [...addresses.slice(first), ...addresses.slice(0, first)];
      const now = performance.now();
      const ejected: ConnectedAddress[] = [];
      for (const isDraining of [false, true]) {
        for (const address of rotated) {
          if (address.isDraining(now) !== isDraining) continue;
          if (address.outlier.admits()) yield address;
          else ejected.push(address);
        }
      }
      yield* ejected;
      return undefined;
    },
    async check() {
      const request = { method: 'GET', path: '/livez', headers: {} };
      await Promise.any(addresses.map((address) => readResponse(address, request, checkMs)));
    },
    close() {
      lookups.stop();
      for (const address of addresses) address.destroy();
    },
  };
}
