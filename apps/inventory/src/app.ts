import type { CartCache } from '@badger-store/cart-cache';
import type { VerifyUserToken } from '@badger-store/service-kit';
import { Router } from 'express';
import type { Catalogue } from './domain/catalogue';
import type { IsKnownItem } from './domain/known-items';
import { cartRoutes } from './http/cart.routes';
import { itemRoutes } from './http/items.routes';

export interface InventoryParts {
  readonly catalogue: Catalogue;
  readonly isKnownItem: IsKnownItem;
  readonly cartCache: CartCache;
  readonly verifyUserToken: VerifyUserToken;
}

export function inventoryRoutes(parts: InventoryParts): Router {
  const router = Router({ caseSensitive: true });
  router.use(itemRoutes(parts), cartRoutes(parts));
  return router;
}
