import { randomUUID, type KeyObject } from 'node:crypto';
import { sign, verify } from 'jsonwebtoken';
import { z } from 'zod';
import { ServiceError } from '../problems';
import type { FindKey } from './jwks-client';
import { rememberTokens, type MemoryLimits, type VerifiedToken } from './remembered-tokens';
import type { Revocations } from './revocations';
import { readTokenHeader } from './token-header';
import type { User } from './user';

export interface TokenParties {
  readonly issuer: string;
  readonly audience: string;
}

/** RFC 9068: the type of a JWT that is an access token, so that no other kind of JWT can pass for one. */
const tokenType = 'at+jwt';
/** One algorithm, pinned on both sides: RFC 8725, section 3.1. */
const algorithm = 'ES256';
const longestToken = 4096;
const clockToleranceSeconds = 5;

/** Plain, so that an id is nothing but an id, whatever keys are kept in. */
const keyId = /^[A-Za-z0-9_-]{1,128}$/;

const headerSchema = z.object({ kid: z.string().regex(keyId) });
const claimsSchema = z.object({
  sub: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
  sid: z.string().min(1).max(128),
  kind: z.enum(['guest', 'user']),
  scope: z.string(),
  sv: z.int().nonnegative(),
  iat: z.int().nonnegative(),
  new_guest: z.literal(true).optional(),
  client_id: z.string().min(1).max(128).optional(),
  exp: z.number(),
  nbf: z.number().optional(),
});

/** Signs a userToken that expires `lifetimeSeconds` after `user.issuedAt`. */
export function signUserToken(
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

/**
 * Resolves to the user of a token that is signed by a published key, meant for this audience, neither expired nor revoked; else
 * 401.
 */
export type VerifyUserToken = (token: string) => Promise<User>;

export interface VerifierOptions extends MemoryLimits {
  /** Asked at every call, for remembered tokens too; without it nothing counts as revoked. */
  readonly revocations?: Pick<Revocations, 'isRevoked'>;
}

/**
 * A token that was found good is remembered until it expires, so that its signature is checked once in this process, as long as
 * the key with which it was signed stays published. What was refused is never remembered.
 */
export function createUserTokenVerifier(
  findKey: FindKey,
  parties: TokenParties,
  { revocations, ...limits }: VerifierOptions = {},
): VerifyUserToken {
  const remembered = rememberTokens(limits);

  const check = async (token: string): Promise<VerifiedToken> => {
    const { kid } = headerOf(token);
    const key = await findKey(kid);
    if (!key) throw refused('The userToken is signed with an unknown key.');
    const verified = checkSignature(token, { kid, key }, parties);
    remembered.remember(token, verified);
    return verified;
  };
  const recall = async (token: string): Promise<VerifiedToken | undefined> => {
    const verified = remembered.find(token);
    if (!verified) return undefined;
    if ((await findKey(verified.kid)) === verified.key && isTimely(verified)) return verified;
    remembered.forget(token);
    return undefined;
  };

  return async (token) => {
    const { user } = (await recall(token)) ?? (await check(token));
    if (revocations?.isRevoked(user))
      throw refused('The session of the userToken has ended, or the userToken has to be refreshed.');
    return user;
  };
}

function checkSignature(
  token: string,
  { kid, key }: { readonly kid: string; readonly key: KeyObject },
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
    return { user, kid, key, notBefore: claims.nbf, expiresAt: claims.exp };
  } catch (cause) {
    throw refused('The userToken is not valid, or has expired.', cause);
  }
}

/** As the check of a token judges it that was not seen before. */
function isTimely({ notBefore = 0, expiresAt }: VerifiedToken): boolean {
  const now = Math.floor(Date.now() / 1000);
  return notBefore <= now + clockToleranceSeconds && now < expiresAt + clockToleranceSeconds;
}

function headerOf(token: string): z.output<typeof headerSchema> {
  if (token.length > longestToken) throw refused('The userToken is too long.');
  try {
    return headerSchema.parse(readTokenHeader(token, tokenType));
  } catch (cause) {
    throw refused('The userToken is malformed.', cause);
  }
}

const refused = (message: string, cause?: unknown) =>
  new ServiceError('unauthenticated', 'INVALID_TOKEN', message, { cause });
