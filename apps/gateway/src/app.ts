import { requireUser, type ServiceName } from '@badger-store/service-kit';
import { publicRoutes } from '@badger-store/store-api';
import helmet from 'helmet';
import { Router, type RequestHandler } from 'express';
import { publicDocuments } from './docs/public-documents';
import { validatePath } from './forward/validate-path';
import { authRoutes, type AuthParts } from './http/auth.routes';
import type { Site } from './http/site';
import type { SigningKey } from './keys/key-file';
import type { RequestLimits } from './limits/request-limits';

export interface GatewayParts extends AuthParts {
  /** Absent if the store has no site of its own. */
  readonly site?: Site;
  readonly limits: RequestLimits;
  readonly publishedKeys: () => readonly SigningKey[];
  readonly newGuests: { readonly admitGuest: RequestHandler; readonly admitAdd: RequestHandler };
  readonly forwarders: Readonly<Record<Exclude<ServiceName, 'gateway'>, { readonly forward: RequestHandler }>>;
}

/** JSON responses load and run nothing. */
const securityHeaders = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
});

/** Every public route of the store. The gateway forwards only the operations of `publicRoutes`. */
export function gatewayRoutes(parts: GatewayParts): Router {
  const { verifyAccessToken, limits, forwarders } = parts;
  const router = Router({ caseSensitive: true });
  // The service that has the resource evaluates If-Match.
  const authenticated = [requireUser(verifyAccessToken, { hasETag: true }), limits.bySession, limits.byApiKey];

  router.use(validatePath, limits.byAddress, (_req, res, next) => {
    res.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  });
  for (const { method, path, servedBy, bearer } of publicRoutes) {
    if (servedBy === 'gateway') continue;
    const checks = [...(bearer ? authenticated : []), ...(path === '/Cart/Item' ? [parts.newGuests.admitAdd] : [])];
    router[method](path, ...checks, forwarders[servedBy].forward);
  }

  router.use('/auth', securityHeaders);
  router.use(authRoutes(parts), publicDocuments(parts.publishedKeys));
  if (parts.site) router.use(parts.site.routes);
  return router;
}
