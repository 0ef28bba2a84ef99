import { requireUser, type TokenParties, type VerifyUserToken } from '@badger-store/service-kit';
import { Router, type RequestHandler } from 'express';
import { plainPathsOnly } from './forward/plain-paths';
import { authRoutes } from './http/auth.routes';
import type { SigningKey } from './domain/signing-key';

export interface GatewayParts {
  readonly signingKey: SigningKey;
  readonly parties: TokenParties;
  readonly firstPartyOrigins: readonly string[];
  readonly verifyUserToken: VerifyUserToken;
  readonly toInventory: RequestHandler;
  readonly toCheckout: RequestHandler;
}

/** Every public route of the store. What is not named here is not forwarded, whatever the services behind answer to. */
export function gatewayRoutes(parts: GatewayParts): Router {
  const { verifyUserToken, toInventory, toCheckout } = parts;
  const router = Router({ caseSensitive: true });
  const bearer = requireUser(verifyUserToken);

  router.use(authRoutes(parts));
  router.use(plainPathsOnly);
  const pass = (paths: readonly string[], ...handlers: RequestHandler[]) => {
    for (const path of paths) router.all(path, ...handlers);
  };
  pass(['/inventory/items', '/inventory/items/:id', '/inventory/items/:id/picture.svg'], toInventory);
  pass(['/Cart', '/Cart/Item', '/Cart/Item/:id'], bearer, toInventory);
  pass(['/Cart/checkout', '/orders', '/orders/:id'], bearer, toCheckout);
  return router;
}
