import { randomBytes, randomUUID } from 'node:crypto';
import {
  isOwnSite,
  requireUser,
  signUserToken,
  userOf,
  type Scope,
  type TokenParties,
  type User,
  type VerifyUserToken,
} from '@badger-store/service-kit';
import { Router, type Request } from 'express';
import type { SigningKey } from '../domain/signing-key';

export interface AuthParts {
  readonly signingKey: SigningKey;
  readonly parties: TokenParties;
  readonly firstPartyOrigins: readonly string[];
  readonly verifyUserToken: VerifyUserToken;
}

const userTokenSeconds = 600;

export function authRoutes({ signingKey, parties, firstPartyOrigins, verifyUserToken }: AuthParts): Router {
  const router = Router({ caseSensitive: true });

  router.post('/auth/guest', (req, res) => {
    const user: User = {
      id: `g-${randomBytes(16).toString('base64url')}`,
      kind: 'guest',
      sessionId: randomUUID(),
      scopes: new Set(scopesFor(isOwnSite(req, firstPartyOrigins))),
    };
    res.set('Cache-Control', 'no-store');
    res.status(201).json({
      userToken: signUserToken(user, signingKey, parties, userTokenSeconds),
      tokenType: 'Bearer',
      expiresIn: userTokenSeconds,
      user: { id: user.id, kind: user.kind },
    });
  });

  router.get('/auth/me', requireUser(verifyUserToken), (req: Request, res) => {
    const { id, kind } = userOf(req);
    res.set('Cache-Control', 'no-store');
    res.json({ id, kind });
  });

  router.get('/.well-known/jwks.json', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=300');
    res.json({ keys: [signingKey.jwk] });
  });

  return router;
}

/** Fixed when a session begins; only a session that began on the store's own site may check out. */
const scopesFor = (ownSite: boolean): Scope[] =>
  ownSite ? ['cart', 'orders:read', 'checkout'] : ['cart', 'orders:read'];
