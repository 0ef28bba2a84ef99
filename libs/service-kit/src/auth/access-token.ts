import { randomUUID, type KeyObject } from 'node:crypto';
import { decode, sign, verify, type JwtHeader } from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { ServiceError } from '../problems';
import type { Revocations } from '../revocations/follow-revocations';
import type { User } from './user';

export interface TokenParties {
  readonly issuer: string;
  readonly audience: string;
}

/** RFC 9068: the type distinguishes access tokens from other JWTs. */
const tokenType = 'at+jwt';
/** One algorithm, fixed on both sides: RFC 8725, section 3.1. */
const algorithm = 'ES256';
const maxTokenLength = 4096;
const maxCachedTokens = 10_000;
const clockToleranceSeconds = 5;

/** Ids are parts of Redis keys. */
const id = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);
const headerSchema = z.object({ kid: id });
const claimsSchema = z.object({
  sub: id,
  sid: z.string().min(1).max(128),
  kind: z.enum(['guest', 'user']),
  scope: z.string(),
  sv: z.int().nonnegative(),
  iat: z.int().nonnegative(),
  new_guest: z.literal(true).optional(),
  client_id: z.string().min(1).max(128).optional(),
  exp: z.number(),
});

/** Signs an access token that expires `lifetimeSeconds` after `user.issuedAt`. */
export function signAccessToken(
  user: User,
  key: { readonly kid: string; readonly privateKey: KeyObject },
  { issuer, audience }: TokenParties,
  lifetimeSeconds: number,
): string {
  const claims = {
    sid: user.sessionId,
    sv: user.sessionVersion,
    kind: user.kind,
    scope: [...user.scopes].join(' '),
    iat: user.issuedAt,
    exp: user.issuedAt + lifetimeSeconds,
    new_guest: user.isNewGuest ? true : undefined,
    // RFC 9068, section 2.2: client_id is the client that asked for the token.
    client_id: user.apiKeyId,
  };
  return sign(claims, key.privateKey, {
    algorithm,
    header: { alg: algorithm, typ: tokenType, kid: key.kid },
    subject: user.id,
    issuer,
    audience,
    jwtid: randomUUID(),
  });
}

/** Resolves to the public key with the given id; `undefined` if the issuer publishes none. */
export type FindKey = (kid: string) => Promise<KeyObject | undefined>;

/** Resolves to the user of a valid token; rejects with 401 for any other token. */
export type VerifyAccessToken = (token: string) => Promise<User>;

export interface VerifierOptions {
  /** Checked at every call, for cached tokens too. */
  readonly revocations?: Pick<Revocations, 'isRevoked'>;
}

interface VerifiedToken {
  readonly user: User;
  readonly kid: string;
  readonly key: KeyObject;
  readonly expiresAt: number;
}

/** Caches valid tokens until they expire or their key is no longer published, so that it checks each signature once. */
export function createAccessTokenVerifier(
  findKey: FindKey,
  parties: TokenParties,
  { revocations }: VerifierOptions = {},
): VerifyAccessToken {
  const cache = new LRUCache<string, VerifiedToken>({ max: maxCachedTokens });

  const check = async (token: string): Promise<VerifiedToken> => {
    const { kid } = parseHeader(token);
    const key = await findKey(kid);
    if (!key) throw createInvalidTokenError('The userToken is signed with an unknown key.');
    const verified = checkSignature(token, { kid, key }, parties);
    cache.set(token, verified);
    return verified;
  };
  const findCached = async (token: string): Promise<VerifiedToken | undefined> => {
    const verified = cache.get(token);
    if (!verified) return undefined;
    if ((await findKey(verified.kid)) === verified.key && isUnexpired(verified)) return verified;
    cache.delete(token);
    return undefined;
  };

  return async (token) => {
    const { user } = (await findCached(token)) ?? (await check(token));
    if (revocations?.isRevoked(user)) throw createInvalidTokenError('The session was revoked. Refresh it or sign in.');
    return user;
  };
}

function checkSignature(
  token: string,
  { kid, key }: Pick<VerifiedToken, 'kid' | 'key'>,
  { issuer, audience }: TokenParties,
): VerifiedToken {
  try {
    const claims = claimsSchema.parse(
      verify(token, key, { algorithms: [algorithm], issuer, audience, clockTolerance: clockToleranceSeconds }),
    );
    const user: User = Object.freeze({
      id: claims.sub,
      kind: claims.kind,
      sessionId: claims.sid,
      scopes: new Set(claims.scope.split(' ')),
      sessionVersion: claims.sv,
      issuedAt: claims.iat,
      ...(claims.client_id !== undefined && { apiKeyId: claims.client_id }),
      ...(claims.new_guest && { isNewGuest: true }),
    });
    return { user, kid, key, expiresAt: claims.exp };
  } catch (cause) {
    throw createInvalidTokenError('The userToken is not valid or has expired.', cause);
  }
}

/** The same rule as jsonwebtoken's, for cached tokens. */
const isUnexpired = ({ expiresAt }: VerifiedToken): boolean =>
  Math.floor(Date.now() / 1000) < expiresAt + clockToleranceSeconds;

function parseHeader(token: string): z.output<typeof headerSchema> {
  if (token.length > maxTokenLength) throw createInvalidTokenError('The userToken is too long.');
  try {
    return headerSchema.parse(readTokenHeader(token, tokenType));
  } catch (cause) {
    throw createInvalidTokenError('The userToken is malformed.', cause);
  }
}

/** Throws if the type differs, or if the token needs an extension (`crit`: RFC 7515, section 4.1.11), which jsonwebtoken does not check. */
export function readTokenHeader(token: string, typ: string): JwtHeader {
  const header = decode(token, { complete: true })?.header;
  if (header?.typ !== typ) throw new Error(`The type of the token is not ${typ}.`);
  if (Object.hasOwn(header, 'crit')) throw new Error('The token needs an unknown extension.');
  return header;
}

const createInvalidTokenError = (message: string, cause?: unknown) =>
  new ServiceError('unauthenticated', 'INVALID_TOKEN', message, { cause });
