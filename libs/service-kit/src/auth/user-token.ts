import { randomUUID, type KeyObject } from 'node:crypto';
import { decode, sign, verify } from 'jsonwebtoken';
import { z } from 'zod';
import { ServiceError } from '../problems';
import type { FindKey } from './jwks-client';

export type Scope = 'cart' | 'orders:read' | 'checkout';

/** Who a userToken speaks for. */
export interface User {
  /** Stable; also the key of the cart. */
  readonly id: string;
  readonly kind: 'guest' | 'user';
  readonly sessionId: string;
  readonly scopes: ReadonlySet<string>;
}

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

const headerSchema = z.object({ typ: z.literal(tokenType), kid: z.string().min(1).max(128) });
const claimsSchema = z.object({
  sub: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
  sid: z.string().min(1).max(128),
  kind: z.enum(['guest', 'user']),
  scope: z.string(),
  exp: z.number(),
});

/** Signs a userToken for `lifetimeSeconds`. */
export function signUserToken(
  user: User,
  key: { readonly kid: string; readonly privateKey: KeyObject },
  { issuer, audience }: TokenParties,
  lifetimeSeconds: number,
): string {
  const claims = { sid: user.sessionId, kind: user.kind, scope: [...user.scopes].join(' ') };
  return sign(claims, key.privateKey, {
    algorithm,
    header: { alg: algorithm, typ: tokenType, kid: key.kid },
    subject: user.id,
    issuer,
    audience,
    expiresIn: lifetimeSeconds,
    jwtid: randomUUID(),
  });
}

/** Resolves to the user of a token that is signed by a published key, meant for this audience and not expired; else 401. */
export type VerifyUserToken = (token: string) => Promise<User>;

export function createUserTokenVerifier(findKey: FindKey, { issuer, audience }: TokenParties): VerifyUserToken {
  return async (token) => {
    const key = await findKey(headerOf(token).kid);
    if (!key) throw refused('The userToken is signed with an unknown key.');
    try {
      const claims = claimsSchema.parse(
        verify(token, key, { algorithms: [algorithm], issuer, audience, clockTolerance: clockToleranceSeconds }),
      );
      return { id: claims.sub, kind: claims.kind, sessionId: claims.sid, scopes: new Set(claims.scope.split(' ')) };
    } catch (cause) {
      throw refused('The userToken is not valid, or has expired.', cause);
    }
  };
}

function headerOf(token: string): z.output<typeof headerSchema> {
  if (token.length > longestToken) throw refused('The userToken is too long.');
  try {
    return headerSchema.parse(decode(token, { complete: true })?.header);
  } catch (cause) {
    throw refused('The userToken is malformed.', cause);
  }
}

const refused = (message: string, cause?: unknown) =>
  new ServiceError('unauthenticated', 'INVALID_TOKEN', message, { cause });
