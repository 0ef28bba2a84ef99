import { createRedisCartCache } from '@badger-store/cart-cache';
import { connectPostgres } from '@badger-store/postgres-kit';
import { connectRedis } from '@badger-store/redis-kit';
import { followRevocations } from '@badger-store/revocations';
import {
  assembleService,
  createRemoteVerifier,
  createServiceClient,
  createServiceTokens,
  repeat,
  toPostgresSettings,
  toRedisSettings,
  type Service,
  createMetrics,
  observePostgres,
  observeRedis,
} from '@badger-store/service-kit';
import type { Logger } from 'pino';
import { inventoryRoutes } from './app';
import { createCheckoutOutcomes } from './clients/checkout-outcomes';
import type { Config } from './config';
import { rememberKnownItems } from './domain/known-items';
import { createSweep } from './domain/sweep-reservations';
import { createPostgresCatalogue } from './postgres/postgres-catalogue';
import { createPostgresReservations } from './postgres/postgres-reservations';
import { countReservations } from './stock-metrics';
import { createPostgresStock } from './postgres/postgres-stock';
import { inventorySchema, type InventoryTables } from './postgres/tables';

const sweepEveryMs = 5000;

export function composeInventory(config: Config, log: Logger): Service {
  const metrics = createMetrics();
  const redisMetrics = observeRedis(metrics, log);
  const redis = connectRedis(
    { ...toRedisSettings(config, 'inventory'), onCall: redisMetrics.onCall },
    redisMetrics.onEvent,
  );
  const revocations = followRevocations({
    redis,
    report: ({ during, ...event }) =>
      event.state === 'error'
        ? log.warn({ err: event.error, during }, 'revocations')
        : log.info({ state: event.state, during }, 'revocations'),
  });
  const postgres = connectPostgres<InventoryTables>(
    {
      ...toPostgresSettings(config),
      schema: inventorySchema,
      applicationName: 'inventory',
      onQuery: observePostgres(metrics),
    },
    (err) => log.warn({ err }, 'postgres'),
  );
  const catalogue = createPostgresCatalogue(postgres.db);
  const stock = countReservations(metrics, createPostgresStock(postgres.db));
  const serviceTokens = createServiceTokens(config.SERVICE_TOKEN_SECRET_FILE, 'inventory');
  const callCheckout = createServiceClient({
    name: 'checkout',
    urls: config.CHECKOUT_URL,
    token: () => serviceTokens.tokenFor('checkout'),
  });
  const sweep = createSweep({
    stock,
    reservations: createPostgresReservations(postgres.db, config.RESERVATION_CHECK_SECONDS),
    findOutcomes: createCheckoutOutcomes(callCheckout),
    report: (err) => log.warn({ err }, 'reservations'),
  });
  const sweeps = repeat(async () => ((await sweep()) ? 0 : sweepEveryMs));
  sweeps.runNow();
  const routes = inventoryRoutes({
    catalogue,
    stock,
    serviceSecrets: config.SERVICE_TOKEN_SECRET_FILE,
    isKnownItem: rememberKnownItems(catalogue),
    cartCache: createRedisCartCache({
      redis,
      ttlSeconds: config.CART_TTL_SECONDS,
      maxLines: config.CART_MAX_LINES,
      maxQuantity: config.CART_MAX_QUANTITY,
    }),
    verifyUserToken: createRemoteVerifier(config, revocations),
  });

  return assembleService(config, log, {
    routes,
    metrics,
    checks: { redis: redis.ping, postgres: postgres.ping, revocations: revocations.check },
    findings: redis.findings,
    async close() {
      await sweeps.stop();
      revocations.close();
      await redis.close();
      await postgres.close();
    },
  });
}
