import {
  requireFreshRevocations,
  requireScope,
  requireUser,
  ServiceError,
  getUser,
  validate,
  type Revocations,
  type VerifyAccessToken,
} from '@badger-store/service-kit';
import { encodeCursor, orderId, ordersQuery } from '@badger-store/store-api';
import { Router, type Request, type Response } from 'express';
import { toPublicOrder } from '../domain/order';
import type { OrderLists } from '../domain/ports';

/** An order of another user is 404. */
export function orderRoutes(
  orderLists: OrderLists,
  verifyAccessToken: VerifyAccessToken,
  revocations: Pick<Revocations, 'isStale'>,
): Router {
  const router = Router({ caseSensitive: true });
  const reader = [requireUser(verifyAccessToken), requireFreshRevocations(revocations), requireScope('orders:read')];

  router.get('/orders', reader, async (req: Request, res: Response) => {
    const { status, limit, cursor } = validate(ordersQuery, req.query);
    const { orders: page, next } = await orderLists.page({
      userId: getUser(req).id,
      statuses: status ? [status] : ['pending', 'paid'],
      limit,
      after: cursor && { createdAt: new Date(cursor[0]), id: cursor[1] },
    });
    res.json({
      orders: page.map(toPublicOrder),
      nextCursor: next ? encodeCursor([next.createdAt.toISOString(), next.id]) : null,
    });
  });

  router.get('/orders/:id', reader, async (req: Request<{ id: string }>, res: Response) => {
    const { id } = req.params;
    const order = orderId.safeParse(id).success ? await orderLists.find(getUser(req).id, id) : undefined;
    if (!order) throw new ServiceError('not-found', 'ORDER_NOT_FOUND', 'Order not found.');
    res.json(toPublicOrder(order));
  });

  return router;
}
