import { jsonBody, requireService, validate, type ServiceSecrets } from '@badger-store/service-kit';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { OrderLists } from '../domain/order-lists';
import type { MoveOrders } from '../domain/move-orders';

export interface InternalRouteParts {
  readonly moveOrders: MoveOrders;
  readonly orderLists: OrderLists;
  readonly serviceSecrets: ServiceSecrets;
}

const id = (kind: 'g' | 'u') => z.string().regex(new RegExp(`^${kind}-[A-Za-z0-9_-]{22}$`));
const move = z.strictObject({ from: id('g'), to: id('u') });
const outcomes = z.strictObject({ ids: z.array(z.uuid()).min(1).max(100) });

/** For other services of the store alone; the gateway forwards nothing to them. */
export function internalRoutes({ moveOrders, orderLists, serviceSecrets }: InternalRouteParts): Router {
  const router = Router({ caseSensitive: true });
  const fromGateway = requireService(serviceSecrets, 'checkout', ['gateway']);
  const fromInventory = requireService(serviceSecrets, 'checkout', ['inventory']);

  router.post('/internal/orders/move', fromGateway, jsonBody, async (req: Request, res: Response) => {
    const { from, to } = validate(move, req.body);
    res.json(await moveOrders(from, to));
  });

  router.post('/internal/orders/outcomes', fromInventory, jsonBody, async (req: Request, res: Response) => {
    const { ids } = validate(outcomes, req.body);
    res.json({ outcomes: await orderLists.statusesOf(ids) });
  });

  return router;
}
