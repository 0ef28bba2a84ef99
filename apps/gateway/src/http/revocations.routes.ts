import {
  pollCursor,
  requireService,
  revocationsPath,
  toPageJson,
  validate,
  type RevocationPage,
  type ServiceSecrets,
} from '@badger-store/service-kit';
import { Router } from 'express';
import { z } from 'zod';

export interface RevocationRouteParts {
  readonly readRevocations: (cursor?: string) => Promise<RevocationPage>;
  readonly serviceSecrets: ServiceSecrets;
}

const pageQuery = z.object({ after: pollCursor.optional() });

/** For the other services, on the admin port: which userTokens they have to refuse. Each response is read from PostgreSQL. */
export function revocationsRoutes({ readRevocations, serviceSecrets }: RevocationRouteParts): Router {
  const fromService = requireService(serviceSecrets, 'gateway', ['inventory', 'checkout']);
  return Router({ caseSensitive: true }).get(revocationsPath, fromService, async (req, res) => {
    const { after } = validate(pageQuery, req.query);
    res.set('Cache-Control', 'no-store').json(toPageJson(await readRevocations(after)));
  });
}
