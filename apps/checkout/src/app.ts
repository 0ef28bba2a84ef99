import { Router } from 'express';
import { checkoutRoutes, type CheckoutRouteParts } from './http/checkout.routes';
import { orderRoutes, type OrderRouteParts } from './http/orders.routes';

export function checkoutServiceRoutes(parts: CheckoutRouteParts & OrderRouteParts): Router {
  const router = Router({ caseSensitive: true });
  router.use(checkoutRoutes(parts), orderRoutes(parts));
  return router;
}
