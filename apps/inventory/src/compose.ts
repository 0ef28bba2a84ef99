import { createRedisCartCache } from '@badger-store/cart-cache';
import { connectPostgres, type PostgresSettings } from '@badger-store/postgres-kit';
import { connectRedis } from '@badger-store/redis-kit';
import {
  assembleService,
  createRemoteVerifier,
  createServiceClient,
  createServiceTokens,
  followRemoteRevocations,
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
import { limitSearches } from './domain/limit-searches';
import { createSweep } from './domain/sweep-reservations';
import { createPostgresCatalogue } from './postgres/postgres-catalogue';
import { createPostgresReservations } from './postgres/postgres-reservations';
import { countReservations } from './stock-metrics';
import { createPostgresStock } from './postgres/postgres-stock';
import { inventorySchema, type InventoryTables } from './postgres/tables';

const sweepEveryMs = 5000;
const newGuestCartTtlSeconds = 24 * 3600;
/** Searches can be made expensive by anyone, so they have a share of PostgreSQL that leaves enough for everything else. */
const searchShare = { maxConnections: 3, statementTimeoutMs: 1000 };
const maxSearches = 12;

export function composeInventory(config: Config, log: Logger): Service {
  const metrics = createMetrics();
  const redisMetrics = observeRedis(metrics, log);
  const redis = connectRedis(
    { ...toRedisSettings(config, 'inventory'), onCall: redisMetrics.onCall },
    redisMetrics.onEvent,
  );
  const revocations = followRemoteRevocations(config, 'inventory', log);
  const onQuery = observePostgres(metrics);
  const connect = (settings: Pick<PostgresSettings, 'applicationName' | 'maxConnections' | 'statementTimeoutMs'>) =>
    connectPostgres<InventoryTables>(
      { ...toPostgresSettings(config), schema: inventorySchema, onQuery, ...settings },
      (err) => log.warn({ err }, 'postgres'),
    );
  const postgres = connect({ applicationName: 'inventory' });
  const searches = connect({ applicationName: 'inventory-search', ...searchShare });
  const catalogue = limitSearches(createPostgresCatalogue(postgres.db, searches.db), maxSearches);
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
  const cartsThatLive = (ttlSeconds: number) =>
    createRedisCartCache({
      redis,
      ttlSeconds,
      maxLines: config.CART_MAX_LINES,
      maxQuantity: config.CART_MAX_QUANTITY,
    });
  const routes = inventoryRoutes({
    catalogue,
    stock,
    serviceSecrets: config.SERVICE_TOKEN_SECRET_FILE,
    isKnownItem: rememberKnownItems(catalogue),
    carts: {
      ofUsers: cartsThatLive(config.CART_TTL_SECONDS),
      ofNewGuests: cartsThatLive(Math.min(config.CART_TTL_SECONDS, newGuestCartTtlSeconds)),
    },
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
      await Promise.all([postgres.close(), searches.close()]);
    },
  });
}
