import { jsonBodyUpTo, requireService, validate, type ServiceSecrets } from '@badger-store/service-kit';
import type { Request, Response, Router } from 'express';
import type { Stock } from '../domain/stock';
import { reservation, reservationPath } from './stock.schemas';

/** For the checkout service. The gateway forwards no request to these routes. */
export function addStockRoutes(router: Router, stock: Stock, serviceSecrets: ServiceSecrets): void {
  const fromCheckout = requireService(serviceSecrets, 'inventory', ['checkout']);
  const path = '/internal/reservations/:checkoutId';

  // 1000 lines with ids of 64 characters exceed the usual 64 KiB.
  router.put(path, fromCheckout, jsonBodyUpTo(128), async (req: Request, res: Response) => {
    const { checkoutId } = validate(reservationPath, req.params);
    const { lines } = validate(reservation, req.body);
    res.json({ status: await stock.reserve(checkoutId, lines) });
  });

  router.post(`${path}/commit`, fromCheckout, async (req: Request, res: Response) => {
    await stock.commit(validate(reservationPath, req.params).checkoutId);
    res.json({ status: 'committed' });
  });

  router.post(`${path}/release`, fromCheckout, async (req: Request, res: Response) => {
    await stock.release(validate(reservationPath, req.params).checkoutId);
    res.json({ status: 'released' });
  });
}
