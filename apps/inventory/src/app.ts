import type { VerifyAccessToken } from '@badger-store/service-kit';
import { Router } from 'express';
import type { Catalogue } from './domain/catalogue';
import type { GetAvailability } from './domain/availability';
import { addCartRoutes, type CartsByLifetime } from './http/cart.routes';
import { addItemRoutes } from './http/items.routes';
import { addStockRoutes, type StockRouteParts } from './http/stock.routes';

export interface InventoryParts extends StockRouteParts {
  readonly catalogue: Catalogue;
  readonly getAvailability: GetAvailability;
  readonly carts: CartsByLifetime;
  readonly verifyAccessToken: VerifyAccessToken;
}

export function inventoryRoutes(parts: InventoryParts): Router {
  const router = Router({ caseSensitive: true });
  // One router, with the busiest routes first: each router and each route before the one that matches costs time.
  addCartRoutes(router, parts);
  addItemRoutes(router, parts.catalogue);
  addStockRoutes(router, parts);
  return router;
}
