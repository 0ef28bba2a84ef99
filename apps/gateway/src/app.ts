import { requireUser } from '@badger-store/service-kit';
import { publicRoutes } from '@badger-store/store-api';
import helmet from 'helmet';
import { Router, type RequestHandler } from 'express';
import { docsRoutes } from './docs/docs.routes';
import { validatePath } from './forward/validate-path';
import { authRoutes, type AuthParts } from './http/auth.routes';
import { keysRoutes } from './http/keys.routes';
import type { SigningKey } from './domain/signing-key';
import type { RequestLimits } from './limits/request-limits';

export interface GatewayParts extends AuthParts {
  readonly limits: RequestLimits;
  readonly publishedKeys: () => readonly SigningKey[];
  /** 503 while a guest who never refreshed can add nothing. */
  readonly newGuestAdds: RequestHandler;
  readonly toInventory: RequestHandler;
  readonly toCheckout: RequestHandler;
}

/** Answers that are no pages: they run nothing, and load nothing. */
const bareAnswers = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
});

/** Every public route of the store. What is not named here is not forwarded, whatever the services behind answer to. */
export function gatewayRoutes(parts: GatewayParts): Router {
  const { verifyUserToken, limits, toInventory, toCheckout } = parts;
  const router = Router({ caseSensitive: true });
  const bearer = [requireUser(verifyUserToken), limits.bySession, limits.byApiKey];

  router.use(validatePath, limits.byAddress, (_req, res, next) => {
    res.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  });
  // The busiest come first: each route before costs every request something.
  const pass = (paths: readonly string[], ...handlers: RequestHandler[]) => {
    for (const path of paths) for (const method of methodsOf(path)) router[method](path, ...handlers);
  };
  pass(['/Cart/Item'], ...bearer, parts.newGuestAdds, toInventory);
  pass(['/Cart', '/Cart/Item/:id'], ...bearer, toInventory);
  pass(['/inventory/items', '/inventory/items/:id', '/inventory/items/:id/picture.svg'], toInventory);
  pass(['/Cart/checkout', '/orders', '/orders/:id'], ...bearer, toCheckout);
  // From Stripe, which signs what it sends; checkout knows the signature.
  router.post('/payments/stripe/events', toCheckout);

  router.use(['/auth', '/.well-known'], bareAnswers);
  router.use(authRoutes(parts), keysRoutes(parts.publishedKeys), docsRoutes());
  return router;
}

/** The methods that the OpenAPI document gives a path. */
function methodsOf(path: string) {
  const methods = publicRoutes.filter((route) => route.path === path).map(({ method }) => method);
  if (methods.length === 0) throw new Error(`${path} is not in the OpenAPI document`);
  return methods;
}
