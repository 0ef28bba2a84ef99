import { createPublicKey, type KeyObject } from 'node:crypto';
import { Agent, fetch } from 'undici';
import { z } from 'zod';
import { ServiceError } from '../problems';
import type { Revocations } from '../revocations/follow-revocations';
import type { ServiceConfig } from '../settings/service-settings';
import type { TlsClient } from '../tls/tls';
import { toAddress } from '../upstream/addresses';
import { openSocket } from '../upstream/open-socket';
import { createAccessTokenVerifier, type FindKey, type VerifyAccessToken } from './access-token';

export interface JwksClient extends FindKey {
  /** Reads the set if the client never did. */
  check(): Promise<void>;
}

export interface JwksClientOptions {
  readonly url: string;
  /** When a set is older, the client fetches it again in the background; default 1 min. */
  readonly maxAgeMs?: number;
  /** Minimum time between two fetches for unknown key ids; default 1 s. */
  readonly cooldownMs?: number;
  readonly tls?: TlsClient;
}

/** Verifies access tokens with the keys that the gateway publishes. `checkKeys` is a health check: it rejects while no keys are known. */
export function createRemoteVerifier(
  config: Pick<ServiceConfig, 'USER_TOKEN_ISSUER' | 'USER_TOKEN_AUDIENCE'> & { readonly JWKS_URL: string },
  revocations: Pick<Revocations, 'isRevoked'>,
  tls: TlsClient,
): { verifyAccessToken: VerifyAccessToken; checkKeys(): Promise<void> } {
  const findKey = createJwksClient({ url: config.JWKS_URL, tls });
  const expected = { issuer: config.USER_TOKEN_ISSUER, audience: config.USER_TOKEN_AUDIENCE };
  return {
    verifyAccessToken: createAccessTokenVerifier(findKey, expected, { revocations }),
    checkKeys: findKey.check,
  };
}

const fetchMs = 2000;
const connectMs = 1000;

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
 * Caches the issuer's key set (RFC 7517). Known keys stay valid while the issuer is unavailable. An unknown key id makes the client fetch the
 * set again, so that the issuer can rotate keys at any time. Rejects with an `unavailable` error only if the client never read a set.
 */
export function createJwksClient({ url, maxAgeMs = 60_000, cooldownMs = 1000, tls }: JwksClientOptions): JwksClient {
  const address = toAddress(new URL(url));
  const dispatcher = new Agent({ connect: (_options, callback) => openSocket(address, { connectMs, tls }, callback) });
  let keys: Map<string, KeyObject> | undefined;
  let readAt = -Infinity;
  let fetchedAt = -Infinity;
  let fetching: Promise<void> | undefined;

  const refresh = () =>
    (fetching ??= fetchKeys(url, dispatcher)
      .then((fresh) => {
        keys = keepKnownObjects(fresh, keys);
        readAt = performance.now();
      })
      .finally(() => {
        fetchedAt = performance.now();
        fetching = undefined;
      }));
  const mayFetch = () => fetching !== undefined || performance.now() - fetchedAt > cooldownMs;

  const find: FindKey = async (kid) => {
    if (!keys) {
      await refresh().catch((cause: unknown) => {
        const detail = 'The service cannot read the keys of the gateway. Retry after 1 second.';
        throw new ServiceError('unavailable', 'KEYS_UNAVAILABLE', detail, { cause });
      });
    } else if (!keys.has(kid) && mayFetch()) {
      await refresh().catch(() => undefined);
    } else if (performance.now() - readAt > maxAgeMs && mayFetch()) {
      refresh().catch(() => undefined);
    }
    return keys?.get(kid);
  };
  return Object.assign(find, {
    async check() {
      if (!keys) await refresh();
    },
  });
}

/** The cache of verified tokens compares key objects by identity. */
function keepKnownObjects(fresh: Map<string, KeyObject>, known: ReadonlyMap<string, KeyObject> = new Map()) {
  for (const [kid, key] of fresh) {
    const before = known.get(kid);
    if (before?.equals(key)) fresh.set(kid, before);
  }
  return fresh;
}

async function fetchKeys(url: string, dispatcher: Agent): Promise<Map<string, KeyObject>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(fetchMs), redirect: 'error', dispatcher });
  if (!response.ok) throw new Error(`${url} responded with status ${response.status}`);
  const found = new Map<string, KeyObject>();
  for (const key of jwks.parse(await response.json()).keys) {
    const jwk = publicJwk.safeParse(key);
    if (jwk.success) found.set(jwk.data.kid, jwk.data.key);
  }
  return found;
}
