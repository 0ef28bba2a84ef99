import { randomUUID } from 'node:crypto';
import { createCarts, type Carts } from '@badger-store/cart-cache';
import { connectPostgres, migrate } from '@badger-store/postgres-kit';
import { openTestDatabase, toOwnerUrl } from '@badger-store/postgres-kit/testing';
import { connectRedis } from '@badger-store/redis-kit';
import { startRedisServer } from '@badger-store/redis-kit/testing';
import { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import type { Order } from '../domain/order';
import type { OrderLists } from '../domain/ports';
import type { Payment, PaymentProvider } from '../domain/payment-provider';
import { createPlaceOrder, type PlaceOrderParts } from '../domain/place-order';
import { untraced } from '../domain/ports';
import { createTestProvider } from '../payment/test-provider';
import { checkoutMigrations } from '../postgres/migrations';
import { createPostgresIdempotencyKeys } from '../postgres/postgres-idempotency-keys';
import { createPostgresOrderLists } from '../postgres/postgres-order-lists';
import { createPostgresOrders } from '../postgres/postgres-orders';
import { checkoutSchema, type CheckoutTables } from '../postgres/tables';
import { createStockInMemory, type StockInMemory } from './stock-in-memory';

export const approve = { method: 'test', token: 'approve' };
export const decline = { method: 'test', token: 'decline' };
export const hang = { method: 'test', token: 'hang' };

export interface OrdersUnderTest {
  readonly parts: PlaceOrderParts;
  readonly cartCache: Carts;
  readonly lists: OrderLists;
  readonly stock: StockInMemory;
  readonly db: Kysely<CheckoutTables>;
  /** Sees what the cart cache keeps in Redis. */
  readonly inspector: Redis;
  newShopper(quantity?: number): Promise<string>;
  paidOrders(userId: string): Promise<Order[]>;
  /** The payments of a user's orders. */
  charges(userId: string): Promise<{ status: string; state: string }[]>;
  stop(): Promise<void>;
}

/** Places an order as a request without further wishes does. */
export const placing = (parts: PlaceOrderParts) => {
  const placeOrder = createPlaceOrder(parts);
  return (userId: string, payment: Payment) => placeOrder({ userId, payment });
};

/** The parts with some calls of every payment provider changed. */
export const withProvider = (
  { getProvider }: PlaceOrderParts,
  change: (real: PaymentProvider) => Partial<PaymentProvider>,
): Pick<PlaceOrderParts, 'getProvider'> => ({
  getProvider(method) {
    const real = getProvider(method);
    return { ...real, ...change(real) };
  },
});

/** What places orders, with a Redis and a database of its own, with a catalogue that has everything for 1 euro. */
export async function startOrders(quietSeconds = 30): Promise<OrdersUnderTest> {
  const [redisServer, database] = await Promise.all([startRedisServer(), openTestDatabase(['checkout'])]);
  const { checkout: url = '' } = database.urls;
  await migrate({ url: toOwnerUrl(url), schema: checkoutSchema }, checkoutMigrations);
  const settings = { url, schema: checkoutSchema, applicationName: 'spec', connectTimeoutMs: 10_000 };
  const postgres = connectPostgres<CheckoutTables>(settings, () => undefined);
  const redis = connectRedis({ url: redisServer.url, connectionName: 'spec', deadlineMs: 5000 }, () => undefined);
  await redis.ready(30_000);
  const inspector = new Redis(redisServer.url);
  const cartCache = createCarts({ redis });
  const price = { amount: 100, currency: 'EUR' };
  const stock = createStockInMemory({ mug: 1_000_000, cap: 1_000_000 });
  const lists = createPostgresOrderLists(postgres.db);
  const testProvider = createTestProvider(postgres.db);
  const parts: PlaceOrderParts = {
    cartCache,
    orders: createPostgresOrders(postgres.db, quietSeconds),
    keys: createPostgresIdempotencyKeys(postgres.db),
    stock,
    priceList: { findMany: async (ids) => ids.map((id) => ({ id, name: id, price, available: 1000 })) },
    getProvider: () => testProvider,
    totalRules: { shippingAmount: 0, taxBasisPoints: 0 },
    paymentDeadlineMs: 1000,
    trace: untraced,
    report: () => undefined,
  };

  return {
    parts,
    cartCache,
    inspector,
    lists,
    stock,
    db: postgres.db,
    async newShopper(quantity = 1) {
      const id = randomUUID();
      await cartCache.add(id, 'mug', quantity);
      return id;
    },
    paidOrders: async (userId) => (await lists.page({ userId, statuses: ['paid'], limit: 100 })).orders,
    charges: (userId) =>
      postgres.db
        .selectFrom('orders')
        .innerJoin('test_payments', 'test_payments.order_id', 'orders.id')
        .select(['orders.status', 'test_payments.state'])
        .where('orders.user_id', '=', userId)
        .execute(),
    async stop() {
      inspector.disconnect();
      await redis.close();
      await postgres.close();
      await Promise.all([redisServer.stop(), database.drop()]);
    },
  };
}

/** A step that dies, as far as the rest of the process can tell: before or after it did its work. */
const dies = (): Promise<never> => Promise.reject(new Error('died'));
export const diesAfter = (work: Promise<unknown>): Promise<never> => work.then(dies);

/** Every step of a checkout at which its process may die. */
export const crashes: Record<string, (real: PlaceOrderParts) => Partial<PlaceOrderParts>> = {
  'before the order is recorded': ({ orders }) => ({ orders: { ...orders, add: dies } }),
  'after the order is recorded': ({ orders }) => ({ orders: { ...orders, add: (o) => diesAfter(orders.add(o)) } }),
  'before the payment is created': (parts) => withProvider(parts, () => ({ create: dies })),
  'after the payment is created': (parts) =>
    withProvider(parts, ({ create }) => ({ create: (...args) => diesAfter(create(...args)) })),
  'after the payment is recorded': ({ orders }) => ({
    orders: { ...orders, setPayment: (...args) => diesAfter(orders.setPayment(...args)) },
  }),
  'before the payment is confirmed': (parts) => withProvider(parts, () => ({ confirm: dies })),
  'after the payment is confirmed': (parts) =>
    withProvider(parts, ({ confirm }) => ({ confirm: (...args) => diesAfter(confirm(...args)) })),
  'before the order is marked as paid': ({ orders }) => ({ orders: { ...orders, transition: dies } }),
  'after the order is marked as paid': ({ orders }) => ({
    orders: { ...orders, transition: (...args) => diesAfter(orders.transition(...args)) },
  }),
};

/** A step that waits: `reached` resolves when the step starts; it continues after `proceed`. */
export function pause() {
  let reach!: () => void;
  let proceed!: () => void;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const gate = new Promise<void>((resolve) => (proceed = resolve));
  const wait = async () => {
    reach();
    await gate;
  };
  return { reached, wait, proceed };
}
