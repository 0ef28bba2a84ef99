import { createCarts } from '@badger-store/cart-cache';
import {
  composeService,
  createRemoteVerifier,
  followRemoteRevocations,
  toCartSettings,
  type ComposedParts,
  type Service,
} from '@badger-store/service-kit';
import { Router } from 'express';
import type { Logger } from 'pino';
import { createCheckoutOutcomes } from './clients/checkout-outcomes';
import type { Config } from './config';
import { rememberAvailability } from './domain/availability';
import { createSweep } from './domain/sweep-reservations';
import { addCartRoutes } from './http/cart.routes';
import { addItemRoutes } from './http/items.routes';
import { addStockRoutes } from './http/stock.routes';
import { createPostgresCatalogue } from './postgres/postgres-catalogue';
import { createPostgresReservations } from './postgres/postgres-reservations';
import { countReservations } from './stock-metrics';
import { createPostgresStock } from './postgres/postgres-stock';
import { inventorySchema, type InventoryTables } from './postgres/tables';

const sweepIntervalMs = 5000;
const newGuestCartTtlSeconds = 24 * 3600;
/** Anybody can send an expensive search, so searches have few connections of their own, and other reads keep theirs. */
const searchShare = { maxConnections: 3, statementTimeoutMs: 1000 };

export const composeInventory = (config: Config, log: Logger): Service =>
  composeService<InventoryTables>(
    { name: 'inventory', schema: inventorySchema, config, log },
    (foundation): ComposedParts => {
      const { metrics, cartsRedis, db, openPool, createCaller, tlsTo, report } = foundation;
      const revocations = followRemoteRevocations(createCaller('gateway', config.GATEWAY_ADMIN_URL), log);
      const { verifyAccessToken, checkKeys } = createRemoteVerifier(config, revocations, tlsTo('gateway'));
      const searches = openPool({ applicationName: 'inventory-search', ...searchShare });
      const catalogue = createPostgresCatalogue(db, searches);
      const stock = countReservations(metrics, createPostgresStock(db));
      const sweep = createSweep({
        stock,
        reservations: createPostgresReservations(db, config.RESERVATION_CHECK_SECONDS),
        findOutcomes: createCheckoutOutcomes(createCaller('checkout', config.CHECKOUT_URL)),
        report: report('reservations'),
      });
      const cartSettings = { redis: cartsRedis, ...toCartSettings(config) };
      const newGuestTtlSeconds = Math.min(cartSettings.ttlSeconds, newGuestCartTtlSeconds);
      const carts = {
        ofUsers: createCarts(cartSettings),
        ofNewGuests: createCarts({ ...cartSettings, ttlSeconds: newGuestTtlSeconds }),
      };
      // One router, with the busiest routes first: each router and each route before the one that matches costs time.
      const routes = Router({ caseSensitive: true });
      addCartRoutes(routes, carts, rememberAvailability(catalogue), verifyAccessToken);
      addItemRoutes(routes, catalogue);
      addStockRoutes(routes, stock, config.SERVICE_TOKEN_SECRET_FILE);

      return {
        routes,
        checks: { revocations: revocations.check, keys: checkKeys },
        jobs: [{ name: 'sweep', run: async () => ((await sweep()) ? 0 : sweepIntervalMs) }],
        close: revocations.close,
      };
    },
  );
