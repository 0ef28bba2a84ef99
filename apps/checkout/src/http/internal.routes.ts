import { jsonBody, requireService, validate, type ServiceSecrets } from '@badger-store/service-kit';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { OrderLists } from '../domain/ports';
import type { MigrateGuest } from '../domain/migrate-guest';

const id = (kind: 'g' | 'u') => z.string().regex(new RegExp(`^${kind}-[A-Za-z0-9_-]{22}$`));
const guestMigration = z.strictObject({ guestId: id('g'), userId: id('u') });
const outcomes = z.strictObject({ ids: z.array(z.uuid()).min(1).max(100) });

/** Only for other services: the gateway does not forward these routes. */
export function internalRoutes(
  migrateGuest: MigrateGuest,
  orderLists: OrderLists,
  serviceSecrets: ServiceSecrets,
): Router {
  const router = Router({ caseSensitive: true });
  const fromGateway = requireService(serviceSecrets, 'checkout', ['gateway']);
  const fromInventory = requireService(serviceSecrets, 'checkout', ['inventory']);

  router.post('/internal/guest-migrations', fromGateway, jsonBody, async (req: Request, res: Response) => {
    const { guestId, userId } = validate(guestMigration, req.body);
    res.json(await migrateGuest(guestId, userId));
  });

  router.post('/internal/orders/outcomes', fromInventory, jsonBody, async (req: Request, res: Response) => {
    const { ids } = validate(outcomes, req.body);
    res.json({ outcomes: await orderLists.findStatuses(ids) });
  });

  return router;
}
