import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** https://www.rfc-editor.org/rfc/rfc7517 */
  readonly jwk: Readonly<Record<string, string>>;
}

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
 * it signs; a key without one is always active. Throws if no key is active now.
 */
export function parseKeyFile(text: string, now: number): readonly DatedKey[] {
  const keys = [...text.matchAll(block)].map(([, from, pem = '']) => {
    const activeFrom = from === undefined ? 0 : Date.parse(from);
    if (Number.isNaN(activeFrom)) throw new Error('active-from is not a date');
    return { key: toSigningKey(pem), activeFrom, pem };
  });
  keys.sort((one, other) => one.activeFrom - other.activeFrom);
  getSigningKey(keys, now);
  return keys;
}

/** The newest active key. */
export function getSigningKey(keys: readonly DatedKey[], now: number): SigningKey {
  const active = keys.filter(({ activeFrom }) => activeFrom <= now).at(-1);
  if (!active) throw new Error('no key is active');
  return active.key;
}

/** The keys that sign, will sign, or have signed userTokens that may still be valid. */
export const getPublishedKeys = (keys: readonly DatedKey[], now: number): readonly DatedKey[] =>
  keys.filter((_, index) => now < (keys[index + 1]?.activeFrom ?? Infinity) + overlapMs);

export const toKeyFile = (keys: readonly DatedKey[]): string =>
  keys.map(({ activeFrom, pem }) => `active-from: ${new Date(activeFrom).toISOString()}\n${pem}\n`).join('\n');

/** Reads an ES256 private key. The `kid` is the thumbprint (RFC 7638), so it is the same at all gateways. */
export function toSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  if (kty !== 'EC' || crv !== 'P-256' || !x || !y) throw new Error('not a P-256 key');
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, privateKey, publicKey, jwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } };
}
