import { createRedisCartCache } from '@badger-store/cart-cache';
import { connectPostgres } from '@badger-store/postgres-kit';
import { connectRedis } from '@badger-store/redis-kit';
import { followRevocations } from '@badger-store/revocations';
import { assembleService, createRemoteVerifier, toRedisSettings, type Service } from '@badger-store/service-kit';
import type { Logger } from 'pino';
import { checkoutServiceRoutes } from './app';
import { createInventoryPriceList } from './clients/inventory-price-list';
import type { Config } from './config';
import { createMoveOrders } from './domain/move-orders';
import { createPlaceOrder } from './domain/place-order';
import { createTestProvider } from './payment/test-provider';
import { createPostgresOrders } from './postgres/postgres-orders';
import { checkoutSchema, type CheckoutTables } from './postgres/tables';

export function composeCheckout(config: Config, log: Logger): Service {
  const redis = connectRedis(toRedisSettings(config, 'checkout'), (event) =>
    event.state === 'error' ? log.warn({ err: event.error }, 'redis') : log.info({ state: event.state }, 'redis'),
  );
  const revocations = followRevocations({
    redis,
    report: ({ during, ...event }) =>
      event.state === 'error'
        ? log.warn({ err: event.error, during }, 'revocations')
        : log.info({ state: event.state, during }, 'revocations'),
  });
  const postgres = connectPostgres<CheckoutTables>(
    { url: config.DATABASE_URL, schema: checkoutSchema, applicationName: 'checkout' },
    (err) => log.warn({ err }, 'postgres'),
  );
  const orders = createPostgresOrders(postgres.db);
  const cartCache = createRedisCartCache({
    redis,
    ttlSeconds: config.CART_TTL_SECONDS,
    checkoutLeaseSeconds: config.CHECKOUT_LEASE_SECONDS,
  });
  const routes = checkoutServiceRoutes({
    orders,
    placeOrder: createPlaceOrder({
      cartCache,
      orders,
      priceList: createInventoryPriceList(config.INVENTORY_URL),
      provider: createTestProvider(postgres.db),
      paymentDeadlineMs: config.PAYMENT_DEADLINE_SECONDS * 1000,
      report: (err) => log.warn({ err }, 'the cart will be told of its order later'),
    }),
    moveOrders: createMoveOrders({ cartCache, orders }),
    serviceSecrets: config.SERVICE_TOKEN_SECRET_FILE,
    paymentMethods: config.PAYMENT_METHODS,
    firstPartyOrigins: config.FIRST_PARTY_ORIGINS,
    verifyUserToken: createRemoteVerifier(config, revocations),
    revocations,
  });

  return assembleService(config, log, {
    routes,
    checks: { redis: redis.ping, postgres: postgres.ping, revocations: revocations.check },
    async close() {
      revocations.close();
      await redis.close();
      await postgres.close();
    },
  });
}
