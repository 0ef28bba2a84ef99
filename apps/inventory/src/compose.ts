import { createCarts } from '@badger-store/cart-cache';
import {
  composeService,
  createRemoteVerifier,
  followRemoteRevocations,
  toCartSettings,
  type ComposedParts,
  type Service,
} from '@badger-store/service-kit';
import type { Logger } from 'pino';
import { inventoryRoutes } from './app';
import { createCheckoutOutcomes } from './clients/checkout-outcomes';
import type { Config } from './config';
import { rememberAvailability } from './domain/availability';
import { createSweep } from './domain/sweep-reservations';
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
      const carts = { redis: cartsRedis, ...toCartSettings(config) };
      const newGuestTtlSeconds = Math.min(carts.ttlSeconds, newGuestCartTtlSeconds);

      return {
        routes: inventoryRoutes({
          catalogue,
          stock,
          serviceSecrets: config.SERVICE_TOKEN_SECRET_FILE,
          getAvailability: rememberAvailability(catalogue),
          carts: {
            ofUsers: createCarts(carts),
            ofNewGuests: createCarts({ ...carts, ttlSeconds: newGuestTtlSeconds }),
          },
          verifyAccessToken,
        }),
        checks: { revocations: revocations.check, keys: checkKeys },
        jobs: [{ name: 'sweep', run: async () => ((await sweep()) ? 0 : sweepIntervalMs) }],
        close: revocations.close,
      };
    },
  );
