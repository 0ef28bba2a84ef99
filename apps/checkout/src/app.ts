import { Router } from 'express';
import { checkoutRoutes, type CheckoutRouteParts } from './http/checkout.routes';
import { internalRoutes, type InternalRouteParts } from './http/internal.routes';
import { orderRoutes, type OrderRouteParts } from './http/orders.routes';

export function checkoutServiceRoutes(parts: CheckoutRouteParts & OrderRouteParts & InternalRouteParts): Router {
  const router = Router({ caseSensitive: true });
  router.use(checkoutRoutes(parts), orderRoutes(parts), internalRoutes(parts));
  return router;
}
