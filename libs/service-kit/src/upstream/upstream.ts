import { ConnectedAddress } from './connected-address';
import { followAddresses } from './addresses';
import type { UpstreamAddress } from './exchange';
import type { OutlierOptions } from './outlier-detection';
import { readResponse } from './read-response';

/** A service behind this one, at all its addresses. */
export interface Upstream {
  /** Each address once, beginning with another one each time; those that drain come later, and ejected ones last. */
  inTurn(): Generator<UpstreamAddress, undefined>;
  /** Resolves when one of them responds. */
  check(): Promise<void>;
  close(): void;
}

export interface UpstreamOptions {
  /** An address, or a host name that has several. */
  readonly urls: readonly string[];
  /** Between look-ups of host names; default 5000. */
  readonly lookupMs?: number;
  /** For making a connection; default 1000. */
  readonly connectMs?: number;
  /** Behind one address there may be a balancer, which sends new connections to new replicas; default 30,000. */
  readonly maxConnectionAgeMs?: number;
  readonly outliers?: OutlierOptions;
}

const checkMs = 1000;

export function createUpstream({ urls, lookupMs = 5000, ...options }: UpstreamOptions): Upstream {
  let known = new Map<string, ConnectedAddress>();
  let addresses: ConnectedAddress[] = [];
  let turn = 0;

  const stopFollowing = followAddresses(urls, lookupMs, (found) => {
    const current = new Map<string, ConnectedAddress>();
    for (const address of found) {
      const key = `${address.authority} ${address.host} ${address.port}`;
      current.set(key, known.get(key) ?? new ConnectedAddress(address, options));
    }
    for (const [key, gone] of known) if (!current.has(key)) gone.drain();
    known = current;
    addresses = [...current.values()];
  });

  return {
    *inTurn() {
      const first = turn % addresses.length;
      turn = first + 1;
      const inOrder = [...addresses.slice(first), ...addresses.slice(0, first)];
      const now = performance.now();
      const ejected: ConnectedAddress[] = [];
      for (const isDraining of [false, true]) {
        for (const address of inOrder) {
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
      stopFollowing();
      for (const address of addresses) address.destroy();
    },
  };
}
