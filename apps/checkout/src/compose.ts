import { createCarts } from '@badger-store/cart-cache';
import {
  composeService,
  createRemoteVerifier,
  followRemoteRevocations,
  toCartSettings,
  type ComposedParts,
  type Foundation,
  type Service,
} from '@badger-store/service-kit';
import { Router } from 'express';
import type { Logger } from 'pino';
import { createInventoryPriceList, createInventoryStock } from './clients/inventory';
import type { Config } from './config';
import { createMigrateGuest } from './domain/migrate-guest';
import { createPlaceOrder, type PlaceOrderParts } from './domain/place-order';
import { untraced, type Trace } from './domain/ports';
import { quoteItems } from './domain/prices';
import { createFollowPayment, createSweep } from './domain/recover-order';
import { countOutcomes, observeBacklog, observeSteps } from './metrics';
import { checkoutRoutes } from './http/checkout.routes';
import { internalRoutes } from './http/internal.routes';
import { orderRoutes } from './http/orders.routes';
import { paymentMethodRoutes } from './http/payment-methods.routes';
import { stripeWebhookRoutes } from './http/stripe-webhook.routes';
import { composeProviders } from './payment/providers';
import { createPostgresIdempotencyKeys } from './postgres/postgres-idempotency-keys';
import { createPostgresOrderLists, readBacklog } from './postgres/postgres-order-lists';
import { createPostgresOrders } from './postgres/postgres-orders';
import { publishEvents } from './postgres/publish-events';
import { checkoutSchema, type CheckoutTables } from './postgres/tables';
import { createOrderStream } from './redis/order-stream';

const sweepIdleMs = 1000;
const eventsIdleMs = 250;
const eventBatch = 100;
const purgeIntervalMs = 60_000;
const backlogIntervalMs = 10_000;

/** `trace` runs each step of a checkout, so that a test can stop there. */
export const composeCheckout = (config: Config, log: Logger, trace: Trace = untraced): Service =>
  composeService<CheckoutTables>({ name: 'checkout', schema: checkoutSchema, config, log }, (foundation) =>
    composeParts(config, log, trace, foundation),
  );

function composeParts(
  config: Config,
  log: Logger,
  trace: Trace,
  foundation: Foundation<CheckoutTables>,
): ComposedParts {
  const { metrics, redis, cartsRedis, db, createCaller, tlsTo, report } = foundation;
  const revocations = followRemoteRevocations(createCaller('gateway', config.GATEWAY_ADMIN_URL), log);
  const callInventory = createCaller('inventory', config.INVENTORY_URL);
  const keys = createPostgresIdempotencyKeys(db);
  const parts: PlaceOrderParts = {
    cartCache: createCarts({
      redis: cartsRedis,
      ...toCartSettings(config),
      checkoutLeaseSeconds: config.CHECKOUT_LEASE_SECONDS,
    }),
    orders: createPostgresOrders(db, config.CHECKOUT_LEASE_SECONDS),
    keys,
    priceList: createInventoryPriceList(callInventory),
    stock: createInventoryStock(callInventory),
    getProvider: composeProviders(config, db),
    totalRules: {
      shippingAmount: config.SHIPPING_AMOUNT,
      freeShippingFrom: config.FREE_SHIPPING_FROM_AMOUNT,
      taxBasisPoints: config.TAX_BASIS_POINTS,
    },
    paymentDeadlineMs: config.PAYMENT_DEADLINE_SECONDS * 1000,
    trace: observeSteps(metrics, trace),
    report: report('a step after the payment failed; the sweeper retries it'),
  };
  const sweepParts = { ...parts, trace: untraced, unknownMaxMs: config.CHECKOUT_UNKNOWN_MAX_SECONDS * 1000 };
  const orderLists = createPostgresOrderLists(db);
  const { verifyAccessToken, checkKeys } = createRemoteVerifier(config, revocations, tlsTo('gateway'));
  const routes = Router({ caseSensitive: true }).use(
    checkoutRoutes({
      verifyAccessToken,
      revocations,
      placeOrder: countOutcomes(metrics, createPlaceOrder(parts)),
      quoteCart: async (userId) => quoteItems(parts, await parts.cartCache.get(userId)),
      paymentMethods: config.PAYMENT_METHODS,
      firstPartyOrigins: config.FIRST_PARTY_ORIGINS,
    }),
    paymentMethodRoutes(config.PAYMENT_METHODS, config.INVOICE_DUE_DAYS),
    orderRoutes(orderLists, verifyAccessToken, revocations),
    internalRoutes(createMigrateGuest(parts), orderLists, config.SERVICE_TOKEN_SECRET_FILE),
  );
  const signingSecret = config.STRIPE_WEBHOOK_SECRET_FILE;
  if (signingSecret !== undefined) {
    routes.use(stripeWebhookRoutes(signingSecret, createFollowPayment(sweepParts)));
  }

  const sweep = createSweep(sweepParts);
  const stream = createOrderStream(redis, config.ORDER_EVENTS_KEPT);
  const updateBacklogMetrics = observeBacklog(metrics, () => readBacklog(db));
  return {
    routes,
    checks: { revocations: revocations.check, keys: checkKeys },
    jobs: [
      { name: 'sweep', run: async () => ((await sweep()) > 0 ? 0 : sweepIdleMs) },
      {
        name: 'events',
        run: async () => ((await publishEvents(db, eventBatch, stream)) === eventBatch ? 0 : eventsIdleMs),
      },
      { name: 'purge', run: () => keys.purge().then(() => purgeIntervalMs) },
      { name: 'backlog', run: () => updateBacklogMetrics().then(() => backlogIntervalMs) },
    ],
    close: revocations.close,
  };
}
