import { requireUser, type ServiceName } from '@badger-store/service-kit';
import { publicRoutes } from '@badger-store/store-api';
import helmet from 'helmet';
import { Router, type RequestHandler } from 'express';
import { docsRoutes } from './docs/docs.routes';
import { validatePath } from './forward/validate-path';
import { authRoutes, type AuthParts } from './http/auth.routes';
import { keysRoutes } from './http/keys.routes';
import type { Site } from './http/site';
import type { SigningKey } from './domain/signing-key';
import type { RequestLimits } from './limits/request-limits';

export interface GatewayParts extends AuthParts {
  /** The store's own pages, where it has some. */
  readonly site?: Site;
  readonly limits: RequestLimits;
  readonly publishedKeys: () => readonly SigningKey[];
  /** 503 while a guest who never refreshed can add nothing. */
  readonly newGuestAdds: RequestHandler;
  /** Forwards to each of the other services. */
  readonly toUpstream: Readonly<Record<Exclude<ServiceName, 'gateway'>, RequestHandler>>;
}

/** Answers that are no pages: they run nothing, and load nothing. */
const bareAnswers = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
});

/** Every public route of the store. What `publicRoutes` does not list is not forwarded, even if a service answers it. */
export function gatewayRoutes(parts: GatewayParts): Router {
  const { verifyUserToken, limits, toUpstream } = parts;
  const router = Router({ caseSensitive: true });
  const authenticated = [requireUser(verifyUserToken), limits.bySession, limits.byApiKey];

  router.use(validatePath, limits.byAddress, (_req, res, next) => {
    res.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  });
  const checks: Readonly<Record<string, RequestHandler[]>> = { '/Cart/Item': [parts.newGuestAdds] };
  for (const { method, path, servedBy, bearer } of publicRoutes) {
    if (servedBy === 'gateway') continue;
    router[method](path, ...(bearer ? authenticated : []), ...(checks[path] ?? []), toUpstream[servedBy]);
  }

  router.use(['/auth', '/.well-known'], bareAnswers);
  router.use(authRoutes(parts), keysRoutes(parts.publishedKeys), docsRoutes());
  if (parts.site) router.use(parts.site.routes);
  return router;
}
