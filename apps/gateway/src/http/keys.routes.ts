import { createPublicResponses } from '@badger-store/service-kit';
import { Router } from 'express';
import type { SigningKey } from '../domain/signing-key';

/** The public keys of userTokens (RFC 7517), those that will sign soon included. */
export function keysRoutes(published: () => readonly SigningKey[]): Router {
  const router = Router({ caseSensitive: true });
  const sendPublic = createPublicResponses();
  router.get('/.well-known/jwks.json', async (req, res) => {
    const body = JSON.stringify({ keys: published().map(({ jwk }) => jwk) });
    await sendPublic(req, res, { body, type: 'application/json; charset=utf-8', maxAgeSeconds: 60 });
  });
  return router;
}
