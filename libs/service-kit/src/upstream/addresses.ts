import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { repeat } from '../repeat';
import { hostOf } from '../settings/url-settings';

/** Where a service listens. */
export interface Address {
  /** An IP address; a host name until its first look-up succeeds. */
  readonly host: string;
  readonly port: number;
  /** The `Host` header: as the setting names the service. */
  readonly authority: string;
}

/**
 * Calls back with the addresses of `urls`, at once and after each look-up of their host names, about every `lookupMs`. A look-up that fails changes nothing.
 * Returns what ends the look-ups.
 */
export function followAddresses(
  urls: readonly string[],
  lookupMs: number,
  onAddresses: (addresses: Address[]) => void,
): () => void {
  const known = urls.map((text) => {
    const url = new URL(text);
    return { url, host: hostOf(url), found: [hostOf(url)] };
  });
  const report = () =>
    onAddresses(
      known.flatMap(({ url, found }) =>
        found.map((host) => ({ host, port: Number(url.port || 80), authority: url.host })),
      ),
    );
  report();

  const names = known.filter(({ host }) => isIP(host) === 0);
  if (names.length === 0) return () => undefined;
  const lookups = repeat(async () => {
    await Promise.all(names.map(async (name) => (name.found = await lookUp(name.host, name.found))));
    report();
    return lookupMs;
  });
  lookups.runNow();
  return () => void lookups.stop();
}

async function lookUp(host: string, lastGood: string[]): Promise<string[]> {
  try {
    const found = await lookup(host, { all: true });
    return found.length > 0 ? found.map(({ address }) => address) : lastGood;
  } catch {
    return lastGood;
  }
}
