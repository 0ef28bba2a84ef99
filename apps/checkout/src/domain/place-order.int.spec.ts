import { randomUUID } from 'node:crypto';
import {
  CheckoutOutcomeUnknownError,
  CheckoutRefusedError,
  CheckoutUnderWayError,
  createRedisCartCache,
  EmptyCartError,
  type CartCache,
} from '@badger-store/cart-cache';
import { connectPostgres, migrate, type Postgres } from '@badger-store/postgres-kit';
import { startPostgresServer, type PostgresServer } from '@badger-store/postgres-kit/testing';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { Redis } from 'ioredis';
import { createTestProvider } from '../payment/test-provider';
import { checkoutMigrations } from '../postgres/migrations';
import { createPostgresOrders } from '../postgres/postgres-orders';
import type { CheckoutTables } from '../postgres/tables';
import { createMoveOrders, type MoveOrders } from './move-orders';
import { createPlaceOrder, type PlaceOrderParts } from './place-order';

let redisServer: RedisServer;
let postgresServer: PostgresServer;
let redis: RedisClient;
let inspector: Redis;
let postgres: Postgres<CheckoutTables>;
let cartCache: CartCache;
let parts: PlaceOrderParts;

beforeAll(async () => {
  [redisServer, postgresServer] = await Promise.all([startRedisServer(), startPostgresServer()]);
  const { checkout: url = '' } = await postgresServer.createDatabase('store', ['checkout']);
  await migrate({ url, schema: 'checkout' }, checkoutMigrations);
  postgres = connectPostgres<CheckoutTables>({ url, schema: 'checkout', applicationName: 'spec' }, () => undefined);
  redis = connectRedis({ url: redisServer.url, connectionName: 'spec' }, () => undefined);
  await redis.ready(2000);
  inspector = new Redis(redisServer.url);
  cartCache = createRedisCartCache({ redis });
  parts = {
    cartCache,
    orders: createPostgresOrders(postgres.db),
    priceList: {
      findMany: (ids) =>
        Promise.resolve(ids.map((id) => ({ id, name: id, price: { amount: 100, currency: 'EUR' }, available: 1000 }))),
    },
    provider: createTestProvider(postgres.db),
    paymentDeadlineMs: 300,
    report: () => undefined,
  };
}, 30_000);

afterAll(async () => {
  inspector.disconnect();
  await redis.close();
  await postgres.close();
  await Promise.all([redisServer.stop(), postgresServer.stop()]);
});

const approve = { method: 'test', token: 'approve' };
const decline = { method: 'test', token: 'decline' };
const hang = { method: 'test', token: 'hang' };

const newShopper = async (quantity = 1) => {
  const id = randomUUID();
  await cartCache.add(id, 'mug', quantity);
  return id;
};
const charges = async (userId: string) => {
  const rows = await postgres.db
    .selectFrom('orders')
    .innerJoin('test_payments', 'test_payments.order_id', 'orders.id')
    .select(['orders.status', 'test_payments.state'])
    .where('orders.user_id', '=', userId)
    .execute();
  return rows;
};
const paidOrders = async (userId: string) =>
  (await parts.orders.page({ userId, statuses: ['paid'], limit: 100 })).orders;

/** A step that dies, as far as the rest of the process can tell: before or after it did its work. */
const dies = () => Promise.reject(new Error('died'));
const diesAfter = (work: Promise<unknown>) => work.then(dies);

type Steps = Record<string, (real: PlaceOrderParts) => Partial<PlaceOrderParts>>;
const crashes: Steps = {
  'before the order is recorded': ({ orders }) => ({ orders: { ...orders, add: dies } }),
  'after the order is recorded': ({ orders }) => ({ orders: { ...orders, add: (o) => diesAfter(orders.add(o)) } }),
  'before the payment is created': ({ provider }) => ({ provider: { ...provider, create: dies } }),
  'after the payment is created': ({ provider }) => ({
    provider: { ...provider, create: (...args) => diesAfter(provider.create(...args)) as never },
  }),
  'after the payment is recorded': ({ orders }) => ({
    orders: { ...orders, setPayment: (...args) => diesAfter(orders.setPayment(...args)) as never },
  }),
  'before the payment is confirmed': ({ provider }) => ({ provider: { ...provider, confirm: dies } }),
  'after the payment is confirmed': ({ provider }) => ({
    provider: { ...provider, confirm: (...args) => diesAfter(provider.confirm(...args)) as never },
  }),
  'before the order is marked as paid': ({ orders }) => ({ orders: { ...orders, end: dies } }),
  'after the order is marked as paid': ({ orders }) => ({
    orders: { ...orders, end: (...args) => diesAfter(orders.end(...args)) as never },
  }),
};

describe('an attempt that dies', () => {
  it.each(Object.entries(crashes))(
    '%s is brought to its end by the next one, with one charge',
    async (_step, crash) => {
      const shopper = await newShopper(2);
      const dying = createPlaceOrder({ ...parts, ...crash(parts) });
      await expect(dying(shopper, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
      await cartCache.add(shopper, 'cap');

      const order = await createPlaceOrder(parts)(shopper, approve).catch((error: unknown) => error);
      const [paid, ...more] = await paidOrders(shopper);
      expect(more).toEqual([]);
      expect(order).toMatchObject({ id: paid?.id, status: 'paid' });
      const rest = await cartCache.get(shopper);
      const sold = paid?.lines.map(({ id, quantity }) => ({ id, quantity })) ?? [];
      expect([...sold, ...rest]).toEqual([
        { id: 'mug', quantity: 2 },
        { id: 'cap', quantity: 1 },
      ]);
      const all = await charges(shopper);
      expect(all.filter(({ state }) => state === 'charged')).toEqual([{ status: 'paid', state: 'charged' }]);
      expect(all.filter(({ status }) => status === 'pending')).toEqual([]);
    },
  );

  it('before the cart is told leaves that to the next one, which answers with the order that was paid', async () => {
    const shopper = await newShopper(2);
    const dying = createPlaceOrder({
      ...parts,
      cartCache: {
        ...cartCache,
        checkout: (userToken, processOrder, options) =>
          cartCache.checkout(userToken, async (...args) => diesAfter(processOrder(...args)) as never, options),
      },
    });
    await expect(dying(shopper, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    expect(await cartCache.get(shopper)).toEqual([{ id: 'mug', quantity: 2 }]);
    await cartCache.add(shopper, 'cap');

    const answered = await createPlaceOrder(parts)(shopper, approve);
    expect(answered.lines).toMatchObject([{ id: 'mug', quantity: 2 }]);
    expect(await cartCache.get(shopper)).toEqual([{ id: 'cap', quantity: 1 }]);
    expect((await createPlaceOrder(parts)(shopper, approve)).lines).toMatchObject([{ id: 'cap', quantity: 1 }]);
  });
});

describe('an order', () => {
  it('is paid once, however many attempts there are at once', async () => {
    const shopper = await newShopper();
    const attempts = await Promise.allSettled(
      Array.from({ length: 30 }, () => createPlaceOrder(parts)(shopper, approve)),
    );
    const ids = new Set(attempts.flatMap((a) => (a.status === 'fulfilled' ? [a.value.id] : [])));
    const refusals = attempts.flatMap((a) => (a.status === 'rejected' ? [a.reason as Error] : []));
    expect(ids.size).toBe(1);
    expect(refusals.filter((e) => !(e instanceof CheckoutUnderWayError || e instanceof EmptyCartError))).toEqual([]);
    expect(await charges(shopper)).toEqual([{ status: 'paid', state: 'charged' }]);
  });

  it('of a payment that hangs stays pending until the next attempt cancels it for good', async () => {
    const shopper = await newShopper();
    await expect(createPlaceOrder(parts)(shopper, hang)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    expect(await charges(shopper)).toEqual([{ status: 'pending', state: 'processing' }]);
    await createPlaceOrder(parts)(shopper, approve);
    expect(await charges(shopper)).toEqual(
      expect.arrayContaining([
        { status: 'cancelled', state: 'cancelled' },
        { status: 'paid', state: 'charged' },
      ]),
    );
  });

  it('whose payment is declined leaves the cart as it was', async () => {
    const shopper = await newShopper(3);
    const refusal = await createPlaceOrder(parts)(shopper, decline).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(CheckoutRefusedError);
    expect(refusal).toMatchObject({ cause: { code: 'PAYMENT_DECLINED' } });
    expect(await cartCache.get(shopper)).toEqual([{ id: 'mug', quantity: 3 }]);
  });

  it('is open at most once a user, though Redis lost every claim', async () => {
    const shopper = await newShopper();
    let confirming!: () => void;
    const reached = new Promise<void>((resolve) => (confirming = resolve));
    let goOn!: () => void;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const slow = createPlaceOrder({
      ...parts,
      paymentDeadlineMs: 5000,
      provider: {
        ...parts.provider,
        confirm: async (...args) => {
          confirming();
          await gate;
          return parts.provider.confirm(...args);
        },
      },
    })(shopper, approve);
    await reached;
    await inspector.flushall();
    await cartCache.add(shopper, 'mug');
    const second = createPlaceOrder(parts)(shopper, approve);
    const outcome = await second;
    goOn();
    const first = await slow.catch((error: unknown) => error);
    const all = await charges(shopper);
    expect(all.filter(({ state }) => state === 'charged')).toHaveLength(1);
    expect(await paidOrders(shopper)).toMatchObject([{ id: outcome.id }]);
    expect(first).toBeInstanceOf(CheckoutOutcomeUnknownError);
  });

  it('that was paid is not bought again when a failover brings the cart back from before', async () => {
    const shopper = await newShopper(2);
    const key = `{${shopper}}_cart`;
    const before = await inspector.hgetall(key);
    await createPlaceOrder(parts)(shopper, approve);
    expect(await inspector.exists(key)).toBe(0);
    await inspector.hset(key, before);
    await cartCache.add(shopper, 'cap');

    const next = await createPlaceOrder(parts)(shopper, approve);
    expect(next.lines).toMatchObject([{ id: 'cap', quantity: 1 }]);
    expect(await cartCache.get(shopper)).toEqual([]);
  });

  it('is not sold again by an attempt that looked before it was paid and claims after its process died', async () => {
    const shopper = await newShopper(2);
    let looked!: () => void;
    const hasLooked = new Promise<void>((resolve) => (looked = resolve));
    let goOn!: () => void;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const late = createPlaceOrder({
      ...parts,
      cartCache: {
        ...cartCache,
        checkout: async (...args) => {
          looked();
          await gate;
          return cartCache.checkout(...args);
        },
      },
    })(shopper, approve);
    await hasLooked;
    const dying = createPlaceOrder({
      ...parts,
      orders: { ...parts.orders, end: (...args) => diesAfter(parts.orders.end(...args)) as never },
    });
    await expect(dying(shopper, approve)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    goOn();

    const [paid, ...more] = await paidOrders(shopper);
    expect(await late).toMatchObject({ id: paid?.id });
    expect(more).toEqual([]);
    expect((await charges(shopper)).filter(({ state }) => state === 'charged')).toHaveLength(1);
    expect(await cartCache.get(shopper)).toEqual([]);
  });
});

describe('a guest who signs in', () => {
  const moveOrders: MoveOrders = (guestId, userId) => createMoveOrders(parts)(guestId, userId);
  /** As the gateway does it, at the sign-in and again at the next refresh. */
  const handOver = async (guest: string, user: string) => {
    const { pending } = await moveOrders(guest, user);
    await cartCache.merge(guest, user);
    return !pending && (await cartCache.get(guest)).length === 0;
  };
  /** Everything of an item that is in one of the carts, or was sold. */
  const everywhere = async (guest: string, user: string) => {
    const carts = [await cartCache.get(guest), await cartCache.get(user)].flat();
    const sold = [await paidOrders(guest), await paidOrders(user)].flat().flatMap(({ lines }) => lines);
    const count = (id: string) =>
      [...carts, ...sold].filter((line) => line.id === id).reduce((sum, { quantity }) => sum + quantity, 0);
    return { mug: count('mug'), cap: count('cap') };
  };

  it.each(Object.entries(crashes))(
    'after a checkout that died %s has its order ended as the user, with one charge, and every line once',
    async (_step, crash) => {
      const [guest, user] = [await newShopper(2), randomUUID()];
      await expect(createPlaceOrder({ ...parts, ...crash(parts) })(guest, approve)).rejects.toThrow();
      await cartCache.add(guest, 'cap');
      await cartCache.add(user, 'cap', 3);
      await handOver(guest, user);
      expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 4 });

      await createPlaceOrder(parts)(user, approve);
      expect(await handOver(guest, user)).toBe(true);
      expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 4 });
      expect(await cartCache.get(guest)).toEqual([]);
      const all = await charges(user);
      expect(all.filter(({ state }) => state === 'charged').map(({ status }) => status)).toEqual(['paid']);
      expect(all.filter(({ status }) => status === 'pending')).toEqual([]);
      expect((await parts.orders.page({ userId: guest, statuses: ['paid', 'pending'], limit: 9 })).orders).toEqual([]);
    },
  );

  it('finds the orders in the account, and they are the guest’s no more', async () => {
    const [guest, user] = [await newShopper(), randomUUID()];
    const { id } = await createPlaceOrder(parts)(guest, approve);
    expect(await moveOrders(guest, user)).toEqual({ moved: 1, pending: false });
    expect(await moveOrders(guest, user)).toEqual({ moved: 0, pending: false });
    expect(await paidOrders(user)).toMatchObject([{ id }]);
    expect(await paidOrders(guest)).toEqual([]);
  });

  it('with an open order waits for the user’s own open one to end', async () => {
    const [guest, user] = [await newShopper(), await newShopper()];
    for (const shopper of [guest, user]) {
      await expect(createPlaceOrder(parts)(shopper, hang)).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    }
    expect(await handOver(guest, user)).toBe(false);
    await createPlaceOrder(parts)(user, approve);
    expect(await moveOrders(guest, user)).toMatchObject({ moved: 1, pending: false });
    await handOver(guest, user);
    await createPlaceOrder(parts)(user, approve).catch((error: unknown) =>
      expect(error).toBeInstanceOf(EmptyCartError),
    );
    expect(await handOver(guest, user)).toBe(true);
    expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
  });

  it('while the cart is brought back from before a paid checkout brings nothing that was sold', async () => {
    const [guest, user] = [await newShopper(2), randomUUID()];
    const key = `{${guest}}_cart`;
    const before = await inspector.hgetall(key);
    await createPlaceOrder(parts)(guest, approve);
    await inspector.hset(key, before);
    await handOver(guest, user);
    expect(await everywhere(guest, user)).toEqual({ mug: 2, cap: 0 });
  });

  it('twenty times at once, while both check out, loses nothing and sells nothing twice', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [guest, user] = [await newShopper(2), await newShopper(3)];
      const buy = (shopper: string) => createPlaceOrder(parts)(shopper, approve).then(() => undefined);
      await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => [handOver(guest, user), buy(n % 2 ? guest : user)]).flat(),
      );
      while (!(await handOver(guest, user))) await buy(user).catch(() => undefined);
      expect(await everywhere(guest, user)).toEqual({ mug: 5, cap: 0 });
      const all = await charges(user);
      expect(all.filter(({ status }) => status === 'paid').every(({ state }) => state === 'charged')).toBe(true);
      expect(all.filter(({ state }) => state === 'charged').every(({ status }) => status === 'paid')).toBe(true);
    }
  });
});
