import { toSigningKey, type SigningKey } from '../domain/signing-key';

export interface DatedKey {
  readonly key: SigningKey;
  /** From when userTokens are signed with it, in ms since the epoch; it is published before. */
  readonly activeFrom: number;
  readonly pem: string;
}

const block =
  /(?:^active-from: *(\S+) *\r?\n)?(-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----)/gm;

/** Longer than a userToken is valid, clock skew included. */
const overlapMs = 15 * 60 * 1000;

/**
 * Reads a file of PEM keys on P-256. A line `active-from: <ISO 8601>` before a key (RFC 7468 allows text there) says from when
 * it signs; without one it always may. Throws where no key is active now.
 */
export function parseKeyFile(text: string, now: number): readonly DatedKey[] {
  const keys = [...text.matchAll(block)].map(([, from, pem = '']) => {
    const activeFrom = from === undefined ? 0 : Date.parse(from);
    if (Number.isNaN(activeFrom)) throw new Error('active-from is not a date');
    return { key: toSigningKey(pem), activeFrom, pem };
  });
  if (!keys.some(({ activeFrom }) => activeFrom <= now)) throw new Error('no key is active');
  return keys.sort((one, other) => one.activeFrom - other.activeFrom);
}

/** The newest of those that are active. */
export const signingKeyOf = (keys: readonly DatedKey[], now: number): SigningKey => {
  const active = keys.filter(({ activeFrom }) => activeFrom <= now).at(-1);
  if (!active) throw new Error('no key is active');
  return active.key;
};

/** Those that sign, will sign, or have signed userTokens that may still be valid. */
export const publishedKeys = (keys: readonly DatedKey[], now: number): readonly DatedKey[] =>
  keys.filter((_, index) => now < (keys[index + 1]?.activeFrom ?? Infinity) + overlapMs);

export const toKeyFile = (keys: readonly DatedKey[]): string =>
  keys.map(({ activeFrom, pem }) => `active-from: ${new Date(activeFrom).toISOString()}\n${pem}\n`).join('\n');
