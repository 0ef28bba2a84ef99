import { createCarts } from '@badger-store/cart-cache';
import {
  composeService,
  createRemoteVerifier,
  followRemoteRevocations,
  toCartSettings,
  type Foundation,
  type Service,
} from '@badger-store/service-kit';
import type { Logger } from 'pino';
import { checkoutServiceRoutes } from './app';
import { createInventoryPriceList } from './clients/inventory-price-list';
import { createInventoryStock } from './clients/inventory-stock';
import type { Config } from './config';
import { createMigrateGuest } from './domain/migrate-guest';
import { publishEvents } from './domain/order-events';
import { createPlaceOrder, type PlaceOrderParts } from './domain/place-order';
import { createFollowPayment, createSweep } from './domain/sweep-orders';
import { untraced, type Trace } from './domain/trace';
import { quoteItems } from './domain/totals-and-prices';
import { countOutcomes, observeBacklog, observeSteps } from './metrics';
import { composeProviders } from './payment/providers';
import { createPostgresIdempotencyKeys } from './postgres/postgres-idempotency-keys';
import { createPostgresOrderLists, readBacklog } from './postgres/postgres-order-lists';
import { createPostgresOrders } from './postgres/postgres-orders';
import { createPostgresOutbox } from './postgres/postgres-outbox';
import { checkoutSchema, type CheckoutTables } from './postgres/tables';
import { createOrderStream } from './redis/order-stream';

const idleMs = 1000;
const eventsIdleMs = 250;
const purgeIntervalMs = 60_000;
const backlogIntervalMs = 10_000;

/** `trace` runs each step of a checkout: a test waits there. */
export const composeCheckout = (config: Config, log: Logger, trace: Trace = untraced): Service =>
  composeService<CheckoutTables>({ name: 'checkout', schema: checkoutSchema, config, log }, (foundation) =>
    composeParts(config, log, trace, foundation),
  );

function composeParts(config: Config, log: Logger, trace: Trace, foundation: Foundation<CheckoutTables>) {
  const { metrics, redis, db, createCaller, report } = foundation;
  const revocations = followRemoteRevocations(config, 'checkout', log);
  const callInventory = createCaller('inventory', config.INVENTORY_URL);
  const keys = createPostgresIdempotencyKeys(db);
  const parts: PlaceOrderParts = {
    cartCache: createCarts({
      redis,
      ...toCartSettings(config),
      checkoutLeaseSeconds: config.CHECKOUT_LEASE_SECONDS,
    }),
    orders: createPostgresOrders(db, config.CHECKOUT_LEASE_SECONDS),
    keys,
    priceList: createInventoryPriceList(callInventory),
    stock: createInventoryStock(callInventory),
    providers: composeProviders(config, db),
    totalRules: {
      shippingAmount: config.SHIPPING_AMOUNT,
      freeShippingFrom: config.FREE_SHIPPING_FROM_AMOUNT,
      taxBasisPoints: config.TAX_BASIS_POINTS,
    },
    paymentDeadlineMs: config.PAYMENT_DEADLINE_SECONDS * 1000,
    trace: observeSteps(metrics, trace),
    report: report('the sweeper retries what a checkout could not do'),
  };
  const sweepParts = { ...parts, trace: untraced, unknownMaxMs: config.CHECKOUT_UNKNOWN_MAX_SECONDS * 1000 };
  const routes = checkoutServiceRoutes({
    orderLists: createPostgresOrderLists(db),
    placeOrder: countOutcomes(metrics, createPlaceOrder(parts)),
    quoteCart: async (userId) => quoteItems(parts, await parts.cartCache.get(userId)),
    migrateGuest: createMigrateGuest(parts),
    serviceSecrets: config.SERVICE_TOKEN_SECRET_FILE,
    paymentMethods: config.PAYMENT_METHODS,
    invoiceDueDays: config.INVOICE_DUE_DAYS,
    firstPartyOrigins: config.FIRST_PARTY_ORIGINS,
    verifyUserToken: createRemoteVerifier(config, revocations),
    revocations,
    stripeSigningSecret: config.STRIPE_WEBHOOK_SECRET_FILE,
    onPayment: createFollowPayment(sweepParts),
  });

  const sweep = createSweep(sweepParts);
  const outbox = createPostgresOutbox(db);
  const stream = createOrderStream(redis, config.ORDER_EVENTS_KEPT);
  const updateBacklogMetrics = observeBacklog(metrics, () => readBacklog(db));
  return {
    routes,
    checks: { revocations: revocations.check },
    jobs: [
      { name: 'sweep', run: async () => ((await sweep()) > 0 ? 0 : idleMs) },
      { name: 'events', run: async () => ((await publishEvents(outbox, stream)) ? 0 : eventsIdleMs) },
      { name: 'purge', run: () => keys.purge().then(() => purgeIntervalMs) },
      { name: 'backlog', run: () => updateBacklogMetrics().then(() => backlogIntervalMs) },
    ],
    close: revocations.close,
  };
}
