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

const pageQuery = z.object({ after: pollCursor.optional() });

/** On the admin port. A cached response would be stale, so each one is read from PostgreSQL. */
export function revocationsRoutes(
  readRevocations: (cursor?: string) => Promise<RevocationPage>,
  serviceSecrets: ServiceSecrets,
): Router {
  const fromService = requireService(serviceSecrets, 'gateway');
  return Router({ caseSensitive: true }).get(revocationsPath, fromService, async (req, res) => {
    const { after } = validate(pageQuery, req.query);
    res.set('Cache-Control', 'no-store').json(toPageJson(await readRevocations(after)));
  });
}
