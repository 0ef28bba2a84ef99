import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createInterval } from '../interval';
import { getHost } from '../settings/url-settings';

export interface Address {
  /** An IP address, or a host name that was not resolved yet. */
  readonly host: string;
  readonly port: number;
  /** The `Host` header, from the setting. */
  readonly authority: string;
  /** For https: the host of the URL, which the certificate must name. */
  readonly serverName?: string;
}

/**
 * Calls back with the addresses of `urls` immediately, and after each DNS lookup about every `lookupMs`. A failed lookup keeps the last addresses.
 */
export function followAddresses(
  urls: readonly string[],
  lookupMs: number,
  onAddresses: (addresses: Address[]) => void,
): { lookUpNow(): void; stop(): void } {
  const names = urls.map((text) => {
    const url = new URL(text);
    return { url, host: getHost(url), resolved: [getHost(url)] };
  });
  const report = () =>
    onAddresses(names.flatMap(({ url, resolved }) => resolved.map((host) => ({ ...toAddress(url), host }))));
  report();

  const unresolved = names.filter(({ host }) => isIP(host) === 0);
  if (unresolved.length === 0) return { lookUpNow: () => undefined, stop: () => undefined };
  const lookups = createInterval(async () => {
    await Promise.all(unresolved.map(async (name) => (name.resolved = await resolve(name.host, name.resolved))));
    report();
    return lookupMs;
  });
  return { lookUpNow: lookups.runNow, stop: () => void lookups.stop() };
}

export function toAddress(url: URL): Address {
  const host = getHost(url);
  if (url.protocol === 'http:') return { host, port: Number(url.port || 80), authority: url.host };
  return { host, port: Number(url.port || 443), authority: url.host, serverName: host };
}

async function resolve(host: string, lastGood: string[]): Promise<string[]> {
  try {
    const found = await lookup(host, { all: true });
    return found.length > 0 ? found.map(({ address }) => address) : lastGood;
  } catch {
    return lastGood;
  }
}
