import { Router } from 'express';
import type { SigningKey } from '../domain/signing-key';

/** The public keys of userTokens (RFC 7517), those that will sign soon included. */
export function keysRoutes(published: () => readonly SigningKey[]): Router {
  const router = Router({ caseSensitive: true });
  router.get('/.well-known/jwks.json', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=60');
    res.json({ keys: published().map(({ jwk }) => jwk) });
  });
  return router;
}
