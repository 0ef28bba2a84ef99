import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { ServiceError } from '../problems';

/** Finds the public key with which a userToken says it was signed; `undefined` where the issuer publishes none of that id. */
export type FindKey = (kid: string) => Promise<KeyObject | undefined>;

export interface JwksClientOptions {
  readonly url: string;
  /** A set older than this is fetched again before it is trusted for a key that it lacks, or in passing; default 1 min. */
  readonly maxAgeMs?: number;
  /** Unknown key ids make the client ask again at most this often; default 1 s. */
  readonly cooldownMs?: number;
}

const publicJwk = z
  .object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    kid: z.string().min(1).max(128),
    x: z.string(),
    y: z.string(),
  })
  .transform((jwk, context) => {
    try {
      return { kid: jwk.kid, key: createPublicKey({ key: jwk, format: 'jwk' }) };
    } catch {
      context.addIssue({ code: 'custom', message: 'is not a point of the curve' });
      return z.NEVER;
    }
  });
const jwks = z.object({ keys: z.array(z.unknown()).max(20) });

/**
 * The issuer's key set (RFC 7517), fetched over HTTP and kept. Known keys go on being served while the issuer is away; a key id
 * that is new makes the client look again, so that the issuer can rotate its keys without a pause.
 * Rejects with an `unavailable` error only while no set was ever read.
 */
export function createJwksClient({ url, maxAgeMs = 60_000, cooldownMs = 1000 }: JwksClientOptions): FindKey {
  let keys: Map<string, KeyObject> | undefined;
  let readAt = -Infinity;
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;

  const refresh = () =>
    (asking ??= fetchKeys(url)
      .then((fresh) => {
        keys = keepingKnown(fresh, keys);
        readAt = performance.now();
      })
      .finally(() => {
        askedAt = performance.now();
        asking = undefined;
      }));
  const mayAsk = () => asking !== undefined || performance.now() - askedAt > cooldownMs;

  return async (kid) => {
    if (!keys) {
      await refresh().catch((cause: unknown) => {
        throw new ServiceError('unavailable', 'KEYS_UNAVAILABLE', 'The keys of userTokens cannot be read.', { cause });
      });
    } else if (!keys.has(kid) && mayAsk()) {
      await refresh().catch(() => undefined);
    } else if (performance.now() - readAt > maxAgeMs && mayAsk()) {
      refresh().catch(() => undefined);
    }
    return keys?.get(kid);
  };
}

/** A key that is published still stays the same object, by which tokens that it signed are known to count still. */
function keepingKnown(
  fresh: Map<string, KeyObject>,
  known: Map<string, KeyObject> = new Map(),
): Map<string, KeyObject> {
  for (const [kid, key] of fresh) {
    const before = known.get(kid);
    if (before?.equals(key)) fresh.set(kid, before);
  }
  return fresh;
}

async function fetchKeys(url: string): Promise<Map<string, KeyObject>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const found = new Map<string, KeyObject>();
  for (const key of jwks.parse(await response.json()).keys) {
    const jwk = publicJwk.safeParse(key);
    if (jwk.success) found.set(jwk.data.kid, jwk.data.key);
  }
  return found;
}
