import type { CartCache } from '@badger-store/cart-cache';
import type { VerifyUserToken } from '@badger-store/service-kit';
import { Router } from 'express';
import type { Catalogue } from './domain/catalogue';
import type { IsKnownItem } from './domain/known-items';
import { cartRoutes } from './http/cart.routes';
import { itemRoutes } from './http/items.routes';
import { stockRoutes, type StockRouteParts } from './http/stock.routes';

export interface InventoryParts extends StockRouteParts {
  readonly catalogue: Catalogue;
  readonly isKnownItem: IsKnownItem;
  readonly cartCache: CartCache;
  readonly verifyUserToken: VerifyUserToken;
}

export function inventoryRoutes(parts: InventoryParts): Router {
  const router = Router({ caseSensitive: true });
  router.use(itemRoutes(parts), cartRoutes(parts), stockRoutes(parts));
  return router;
}
