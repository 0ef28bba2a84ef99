import { randomUUID } from 'node:crypto';
import { connectRedis, RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { Redis } from 'ioredis';
import {
  CartLimitError,
  CheckoutOutcomeUnknownError,
  CheckoutRefusedError,
  CheckoutSettlePendingError,
  CheckoutUnderWayError,
  createRedisCartCache,
  EmptyCartError,
  InvalidCartInputError,
  ItemNotInCartError,
  type CartCache,
  type CartItem,
  type CheckoutRecord,
} from './index';

let server: RedisServer;
let clients: RedisClient[];
let inspector: Redis;

const newClient = async () => {
  const client = connectRedis({ url: server.url, connectionName: 'spec' }, () => undefined);
  await client.ready(2000);
  return client;
};

beforeAll(async () => {
  server = await startRedisServer();
  clients = await Promise.all([newClient(), newClient(), newClient()]);
  inspector = new Redis(server.url);
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  inspector.disconnect();
  await server.stop();
});

const cacheOf = (n: number, options: { checkoutLeaseSeconds?: number; maxLines?: number; ttlSeconds?: number } = {}) =>
  createRedisCartCache({ redis: clients[n % clients.length] as RedisClient, ...options });
const newToken = () => randomUUID();
const total = (items: readonly CartItem[]) => items.reduce((sum, { quantity }) => sum + quantity, 0);

/** Settled by hand, so that a test decides what happens while an order is being processed. */
function orderInProgress(cache: CartCache, userToken: string, openCheckout?: CheckoutRecord | null) {
  let finish!: { resolve: (value: string) => void; reject: (error: unknown) => void };
  let outcome!: Promise<string>;
  const started = new Promise<{
    items: readonly CartItem[];
    checkoutId: string;
    resumed: boolean;
    incarnation: string;
  }>((resolve, reject) => {
    outcome = cache.checkout(
      userToken,
      (items, checkoutId, { resumed, incarnation }) =>
        new Promise<string>((res, rej) => {
          finish = { resolve: res, reject: rej };
          resolve({ items, checkoutId, resumed, incarnation });
        }),
      { openCheckout },
    );
    outcome.catch(reject);
  });
  return { started, outcome, resolve: () => finish.resolve('done'), reject: (error: unknown) => finish.reject(error) };
}

describe('a cart', () => {
  it('is empty before anything is added', async () => {
    expect(await cacheOf(0).get(newToken())).toEqual([]);
  });

  it('keeps the order in which items were added, also past the size at which a Redis hash loses it', async () => {
    const cache = cacheOf(0, { maxLines: 600 });
    const token = newToken();
    const ids = Array.from({ length: 600 }, (_, n) => `item-${(n * 7919) % 600}`);
    for (const id of ids) await cache.add(token, id);
    expect(await inspector.object('ENCODING', `{${token}}_cart`)).toBe('hashtable');
    expect((await cache.get(token)).map(({ id }) => id)).toEqual(ids);
  });

  it('puts an item that was removed and added again at the end', async () => {
    const cache = cacheOf(0);
    const token = newToken();
    await cache.add(token, 'a');
    await cache.add(token, 'b', 2);
    await cache.remove(token, 'a');
    expect(await cache.add(token, 'a', 3)).toEqual([
      { id: 'b', quantity: 2 },
      { id: 'a', quantity: 3 },
    ]);
  });

  it('loses none of many concurrent adds from several clients', async () => {
    const token = newToken();
    await Promise.all(Array.from({ length: 600 }, (_, n) => cacheOf(n).add(token, `item-${n % 3}`)));
    const cart = await cacheOf(1).get(token);
    expect(cart.map(({ quantity }) => quantity)).toEqual([200, 200, 200]);
  });

  it('is replaced by set, in the given order, and emptied by clear', async () => {
    const cache = cacheOf(0);
    const token = newToken();
    await cache.add(token, 'old');
    const items = [
      { id: 'z', quantity: 1 },
      { id: 'a', quantity: 9 },
    ];
    await cache.set(token, items);
    expect(await cache.get(token)).toEqual(items);
    expect((await cache.add(token, 'next')).at(-1)).toEqual({ id: 'next', quantity: 1 });
    await cache.clear(token);
    expect(await cache.get(token)).toEqual([]);
    expect(await inspector.keys(`{${token}}*`)).toEqual([]);
  });

  it('leaves no key behind when its last line is removed', async () => {
    const cache = cacheOf(0);
    const token = newToken();
    await cache.add(token, 'a');
    expect(await cache.setQuantity(token, 'a', 0)).toEqual([]);
    expect(await inspector.keys(`{${token}}*`)).toEqual([]);
  });

  it('says when an item to change or remove is not in it', async () => {
    await expect(cacheOf(0).remove(newToken(), 'a')).rejects.toBeInstanceOf(ItemNotInCartError);
    await expect(cacheOf(0).setQuantity(newToken(), 'a', 2)).rejects.toBeInstanceOf(ItemNotInCartError);
  });

  it('refuses to go over a limit and changes nothing', async () => {
    const cache = cacheOf(0, { maxLines: 2 });
    const token = newToken();
    await cache.add(token, 'a', 998);
    await cache.add(token, 'b');
    const before = await cache.get(token);
    await expect(cache.add(token, 'a', 2)).rejects.toMatchObject({ code: 'TOO_MANY_OF_ITEM', limit: 999 });
    await expect(cache.add(token, 'c')).rejects.toMatchObject({ code: 'TOO_MANY_LINES', limit: 2 });
    await expect(cache.setQuantity(token, 'b', 1000)).rejects.toBeInstanceOf(CartLimitError);
    await expect(
      cache.set(
        token,
        ['x', 'y', 'z'].map((id) => ({ id, quantity: 1 })),
      ),
    ).rejects.toBeInstanceOf(CartLimitError);
    expect(await cache.get(token)).toEqual(before);
  });

  it('lives on when it is read or changed, and ends when it is left alone', async () => {
    const cache = cacheOf(0, { ttlSeconds: 100 });
    const token = newToken();
    await cache.add(token, 'a');
    for (const touch of [() => cache.get(token), () => cache.add(token, 'a'), () => cache.setQuantity(token, 'a', 5)]) {
      await inspector.pexpire(`{${token}}_cart`, 1000);
      await touch();
      expect(await inspector.pttl(`{${token}}_cart`)).toBeGreaterThan(90_000);
    }
    await inspector.pexpire(`{${token}}_cart`, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await cache.get(token)).toEqual([]);
  });

  it.each(['', 'a b', '{x}', '../x', 'é', 'a\r\nb', 'a\0', '*', 'x'.repeat(129), null, 7, ['a']])(
    'never asks Redis about the token %j',
    async (token) => {
      await expect(cacheOf(0).get(token as string)).rejects.toBeInstanceOf(InvalidCartInputError);
    },
  );

  it.each(['', '#next', '__proto__', '-a', 'a b', 'a\n', 'x'.repeat(65), null, {}])(
    'never asks Redis about the item %j',
    async (id) => {
      await expect(cacheOf(0).add(newToken(), id as string)).rejects.toBeInstanceOf(InvalidCartInputError);
    },
  );

  it.each([0, -1, 1.5, NaN, Infinity, '2', null])('refuses a quantity of %p', async (quantity) => {
    await expect(cacheOf(0).add(newToken(), 'a', quantity as number)).rejects.toBeInstanceOf(InvalidCartInputError);
  });
});

describe('a checkout', () => {
  it('takes exactly the snapshot off the cart: what was added meanwhile stays', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 2);
    await cacheOf(0).add(token, 'b', 1);
    const order = orderInProgress(cacheOf(0), token);
    const { items } = await order.started;
    expect(items).toEqual([
      { id: 'a', quantity: 2 },
      { id: 'b', quantity: 1 },
    ]);
    await cacheOf(1).add(token, 'a', 3);
    await cacheOf(2).add(token, 'c', 1);
    order.resolve();
    expect(await order.outcome).toBe('done');
    expect(await cacheOf(1).get(token)).toEqual([
      { id: 'a', quantity: 3 },
      { id: 'c', quantity: 1 },
    ]);
  });

  it('never eats an item that was removed and added again meanwhile', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 2);
    await cacheOf(0).add(token, 'b', 5);
    const order = orderInProgress(cacheOf(0), token);
    await order.started;
    await cacheOf(1).remove(token, 'a');
    await cacheOf(1).add(token, 'a', 1);
    await cacheOf(1).setQuantity(token, 'b', 3);
    await cacheOf(1).add(token, 'b', 4);
    order.resolve();
    await order.outcome;
    expect(await cacheOf(1).get(token)).toEqual([
      { id: 'b', quantity: 4 },
      { id: 'a', quantity: 1 },
    ]);
  });

  it('leaves a cart that was replaced or cleared meanwhile as it then is', async () => {
    const token = newToken();
    await cacheOf(0).set(token, [{ id: 'a', quantity: 4 }]);
    const first = orderInProgress(cacheOf(0), token);
    await first.started;
    await cacheOf(1).clear(token);
    await cacheOf(1).add(token, 'a', 7);
    first.resolve();
    await first.outcome;
    expect(await cacheOf(1).get(token)).toEqual([{ id: 'a', quantity: 7 }]);
  });

  it('of an empty cart says so', async () => {
    await expect(cacheOf(0).checkout(newToken(), () => Promise.resolve())).rejects.toBeInstanceOf(EmptyCartError);
  });

  it('runs once at a time; a second one is told at once', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a');
    const first = orderInProgress(cacheOf(0), token);
    await first.started;
    const others = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => cacheOf(n).checkout(token, () => Promise.resolve())),
    );
    expect(others.every((o) => o.status === 'rejected' && o.reason instanceof CheckoutUnderWayError)).toBe(true);
    first.resolve();
    await first.outcome;
  });

  it('that is refused leaves the cart as it was, and the next attempt has a new id', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 2);
    const first = orderInProgress(cacheOf(0), token);
    const { checkoutId } = await first.started;
    const refusal = new CheckoutRefusedError('declined');
    first.reject(refusal);
    await expect(first.outcome).rejects.toBe(refusal);
    expect(await cacheOf(0).get(token)).toEqual([{ id: 'a', quantity: 2 }]);
    const second = orderInProgress(cacheOf(1), token);
    expect(await second.started).toMatchObject({ resumed: false });
    expect((await second.started).checkoutId).not.toBe(checkoutId);
    second.resolve();
    await second.outcome;
  });

  it('whose outcome is unknown keeps its id and its snapshot for the next attempt', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 2);
    const first = orderInProgress(cacheOf(0), token);
    const { checkoutId, items } = await first.started;
    await cacheOf(0).add(token, 'a', 1);
    first.reject(new Error('the line went dead'));
    await expect(first.outcome).rejects.toBeInstanceOf(CheckoutOutcomeUnknownError);
    const second = orderInProgress(cacheOf(1), token);
    expect(await second.started).toMatchObject({ checkoutId, items, resumed: true });
    second.resolve();
    await second.outcome;
    expect(await cacheOf(0).get(token)).toEqual([{ id: 'a', quantity: 1 }]);
  });

  it('is dropped when the caller knows of no open one', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 2);
    const first = orderInProgress(cacheOf(0), token);
    const { checkoutId } = await first.started;
    first.reject(new Error('died before it was recorded'));
    await expect(first.outcome).rejects.toThrow();
    const second = orderInProgress(cacheOf(1), token, null);
    expect((await second.started).resumed).toBe(false);
    expect((await second.started).checkoutId).not.toBe(checkoutId);
    second.resolve();
    await second.outcome;
  });

  it('is resumed from the durable record when Redis lost the claim, and taken off only what this life of the cart still holds', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 5);
    const first = orderInProgress(cacheOf(0), token);
    const { checkoutId, items, incarnation } = await first.started;
    first.reject(new Error('unknown'));
    await expect(first.outcome).rejects.toThrow();
    await inspector.del(`{${token}}_cart:claim`, `{${token}}_cart:claimed`);
    await cacheOf(0).add(token, 'a', 1);
    const second = orderInProgress(cacheOf(1), token, { checkoutId, items, incarnation });
    expect(await second.started).toMatchObject({ checkoutId, items, resumed: true });
    second.resolve();
    await second.outcome;
    expect(await cacheOf(0).get(token)).toEqual([{ id: 'a', quantity: 1 }]);
  });

  it('keeps its claim by renewing the lease, and can settle nothing once another attempt took it over', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 3);
    const cache = cacheOf(0, { checkoutLeaseSeconds: 0.3 });
    const slow = orderInProgress(cache, token);
    await slow.started;
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expect(cacheOf(1).checkout(token, () => Promise.resolve())).rejects.toBeInstanceOf(CheckoutUnderWayError);

    await inspector.hset(`{${token}}_cart:claim`, 'attemptId', 'another');
    slow.resolve();
    await expect(slow.outcome).rejects.toBeInstanceOf(CheckoutSettlePendingError);
    expect(await cacheOf(0).get(token)).toEqual([{ id: 'a', quantity: 3 }]);
  });

  it('is settled from the durable record once, however often that is repeated', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 3);
    await cacheOf(0).add(token, 'keep');
    const first = orderInProgress(cacheOf(0), token);
    const { checkoutId, items, incarnation } = await first.started;
    first.reject(new Error('unknown'));
    await expect(first.outcome).rejects.toThrow();
    await cacheOf(0).add(token, 'a', 4);
    const done = { checkoutId, items, incarnation };
    await Promise.all(Array.from({ length: 10 }, (_, n) => cacheOf(n).settle(token, done)));
    expect(await cacheOf(0).get(token)).toEqual([{ id: 'a', quantity: 4 }]);
  });

  it('takes nothing off a cart that was lost and filled anew', async () => {
    const token = newToken();
    await cacheOf(0).add(token, 'a', 3);
    const first = orderInProgress(cacheOf(0), token);
    const { checkoutId, items, incarnation } = await first.started;
    first.reject(new Error('unknown'));
    await expect(first.outcome).rejects.toThrow();
    await inspector.del(await inspector.keys(`{${token}}*`));
    await cacheOf(0).add(token, 'a', 3);
    await cacheOf(0).settle(token, { checkoutId, items, incarnation });
    expect(await cacheOf(0).get(token)).toEqual([{ id: 'a', quantity: 3 }]);
  });

  it('sells every acknowledged add once: ordered plus remaining is added, with adds and checkouts all at once', async () => {
    const token = newToken();
    const ordered = new Map<string, readonly CartItem[]>();
    let added = 0;
    let adding = true;
    const adders = Promise.all(
      Array.from({ length: 5 }, async (_, n) => {
        for (let i = 0; i < 60; i += 1) {
          await cacheOf(n).add(token, `item-${i % 4}`);
          added += 1;
        }
      }),
    ).then(() => (adding = false));
    const checkouts = Array.from({ length: 3 }, async (_, n) => {
      while (adding) {
        await cacheOf(n)
          .checkout(token, async (items, checkoutId) => {
            await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
            const fate = Math.random();
            if (fate < 0.2) throw new CheckoutRefusedError('declined');
            if (fate < 0.4) throw new Error('unknown');
            const before = ordered.get(checkoutId);
            if (before) expect(items).toEqual(before);
            ordered.set(checkoutId, items);
          })
          .catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    await Promise.all([adders, ...checkouts]);
    const remaining = total(await cacheOf(0).get(token));
    const sold = [...ordered.values()].reduce((sum, items) => sum + total(items), 0);
    expect(added).toBe(300);
    expect(ordered.size).toBeGreaterThan(1);
    expect(sold + remaining).toBe(added);
  });
});

describe('without a working Redis', () => {
  it('a call is refused at once, a paused Redis changes nothing after the deadline, and service resumes by itself', async () => {
    const own = await startRedisServer();
    const client = connectRedis({ url: own.url, connectionName: 'spec', deadlineMs: 300 }, () => undefined);
    await client.ready(2000);
    const cache = createRedisCartCache({ redis: client });
    const token = newToken();
    await cache.add(token, 'a');

    own.process.kill('SIGSTOP');
    const late = await cache.add(token, 'a').catch((error: unknown) => error);
    expect(late).toBeInstanceOf(RedisUnavailableError);
    expect(late).toMatchObject({ mayHaveHappened: true });
    await new Promise((resolve) => setTimeout(resolve, 400));
    own.process.kill('SIGCONT');
    await client.ready(3000);
    expect(await cache.get(token)).toEqual([{ id: 'a', quantity: 1 }]);

    await own.stop('SIGKILL');
    await expect(cache.get(token)).rejects.toBeInstanceOf(RedisUnavailableError);
    const again = await startRedisServer({ port: own.port });
    await client.ready(3000);
    expect(await cache.add(token, 'b')).toEqual([{ id: 'b', quantity: 1 }]);
    await client.close();
    await again.stop();
  });
});
