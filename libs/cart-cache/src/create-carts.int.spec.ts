import { randomUUID } from 'node:crypto';
import { connectRedis, RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { CheckoutInProgressError, createCarts } from './index';
import { toCartKeys } from './cart-keys';
import type { CartSettings } from './create-carts';
import { acquireScript } from './scripts';
import { describeCarts } from './testing';
import { completed, orderInProgress } from './testing/order-in-progress';

let server: RedisServer;
let clients: RedisClient[];
let inspector: Redis;

const newClient = async () => {
  // The contract is about results; a busy machine must not exceed the deadline.
  const client = connectRedis({ url: server.url, connectionName: 'spec', deadlineMs: 5000 }, () => undefined);
  await client.ready(30_000);
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

const getCache = (n: number, options: CartSettings = {}) =>
  createCarts({ redis: clients[n % clients.length] as RedisClient, ...options });
const newToken = () => randomUUID();

describeCarts('on Redis', { cache: (n, options) => getCache(n, options) });

describe('a cart in Redis', () => {
  it('keeps the order in which lines were added, also past the size at which a Redis hash loses it', async () => {
    const cache = getCache(0, { maxLines: 600 });
    const token = newToken();
    const ids = Array.from({ length: 600 }, (_, n) => `item-${(n * 7919) % 600}`);
    for (const id of ids) await cache.add(token, id);
    expect(await inspector.object('ENCODING', `{${token}}_cart`)).toBe('hashtable');
    expect((await cache.get(token)).map(({ id }) => id)).toEqual(ids);
  });

  it('leaves no key behind when it is cleared', async () => {
    const cache = getCache(0);
    const token = newToken();
    await cache.add(token, 'a');
    await cache.clear(token);
    expect(await inspector.keys(`{${token}}*`)).toEqual([]);
  });

  it('leaves no key behind when its last line is removed', async () => {
    const cache = getCache(0);
    const token = newToken();
    await cache.add(token, 'a');
    expect((await cache.setLine(token, 'a', { quantity: 0 })).lines).toEqual([]);
    expect(await inspector.keys(`{${token}}*`)).toEqual([]);
  });

  it('lives on when it is read or changed, and ends when it is left alone', async () => {
    const cache = getCache(0, { ttlSeconds: 100 });
    const token = newToken();
    await cache.add(token, 'a');
    for (const touch of [
      () => cache.get(token),
      () => cache.add(token, 'a'),
      () => cache.setLine(token, 'a', { quantity: 5 }),
    ]) {
      await inspector.pexpire(`{${token}}_cart`, 1000);
      await touch();
      expect(await inspector.pttl(`{${token}}_cart`)).toBeGreaterThan(90_000);
    }
    await inspector.pexpire(`{${token}}_cart`, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await cache.get(token)).toEqual([]);
  });
});

describe('a checkout in Redis', () => {
  it('is resumed from the durable record when Redis lost the lock, and removes only what this cart version still has', async () => {
    const token = newToken();
    await getCache(0).add(token, 'a', 5);
    const first = orderInProgress(getCache(0), token);
    const { checkoutId, lines, cartVersion } = await first.started;
    first.fail('unknown');
    expect(await first.outcome).toMatchObject({ outcome: 'unknown' });
    await inspector.del(`{${token}}_cart:lock`, `{${token}}_cart:locked`);
    await getCache(0).add(token, 'a', 1);
    const second = orderInProgress(getCache(1), token, { checkoutId, lines, cartVersion });
    expect(await second.started).toMatchObject({ checkoutId, lines, resumed: true });
    second.complete();
    await second.outcome;
    expect(await getCache(0).get(token)).toEqual([{ id: 'a', quantity: 1 }]);
  });

  it('keeps its lock by extending the lease, and completes nothing after another attempt took the lock over', async () => {
    const token = newToken();
    await getCache(0).add(token, 'a', 3);
    const cache = getCache(0, { checkoutLeaseSeconds: 0.3 });
    const slow = orderInProgress(cache, token);
    await slow.started;
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expect(getCache(1).checkout(token, completed)).rejects.toBeInstanceOf(CheckoutInProgressError);

    await inspector.hset(`{${token}}_cart:lock`, 'attemptId', 'another');
    slow.complete();
    expect(await slow.outcome).toMatchObject({ outcome: 'completed', cartError: { name: 'LockLostError' } });
    expect(await getCache(0).get(token)).toEqual([{ id: 'a', quantity: 3 }]);
  });

  it('removes nothing from a cart that was lost and filled again', async () => {
    const token = newToken();
    await getCache(0).add(token, 'a', 3);
    const first = orderInProgress(getCache(0), token);
    const { checkoutId, lines, cartVersion } = await first.started;
    first.fail('unknown');
    expect(await first.outcome).toMatchObject({ outcome: 'unknown' });
    await inspector.del(await inspector.keys(`{${token}}*`));
    await getCache(0).add(token, 'a', 3);
    await getCache(0).completeCheckout(token, { checkoutId, lines, cartVersion });
    expect(await getCache(0).get(token)).toEqual([{ id: 'a', quantity: 3 }]);
  });
});

describe('without a working Redis', () => {
  it('a call rejects immediately, a paused Redis changes nothing after the deadline, and calls succeed again automatically', async () => {
    const own = await startRedisServer();
    const client = connectRedis({ url: own.url, connectionName: 'spec', deadlineMs: 300 }, () => undefined);
    await client.ready(30_000);
    const cache = createCarts({ redis: client });
    const token = newToken();
    await cache.add(token, 'a');

    own.process.kill('SIGSTOP');
    const late = await cache.add(token, 'a').catch((error: unknown) => error);
    expect(late).toBeInstanceOf(RedisUnavailableError);
    expect(late).toMatchObject({ outcomeUnknown: true });
    await new Promise((resolve) => setTimeout(resolve, 400));
    own.process.kill('SIGCONT');
    await client.ready(30_000);
    expect(await cache.get(token)).toEqual([{ id: 'a', quantity: 1 }]);

    await own.stop('SIGKILL');
    await expect(cache.get(token)).rejects.toBeInstanceOf(RedisUnavailableError);
    const again = await startRedisServer({ port: own.port });
    await client.ready(30_000);
    expect((await cache.add(token, 'b')).lines).toEqual([{ id: 'b', quantity: 1 }]);
    await client.close();
    await again.stop();
  });
});

describe('a clock of Redis that was set back by an hour', () => {
  const hourMs = 3_600_000;
  /** To the scripts, times that lie an hour ahead and a clock that was set back are the same. */
  const setBack = async (key: string, field: string) => {
    const [, digits = '', rest = ''] = /^(\d+)(.*)$/.exec((await inspector.hget(key, field)) ?? '') ?? [];
    await inspector.hset(key, field, `${Number(digits) + hourMs}${rest}`);
  };

  it('locks a cart for no longer than one lease when its lock is looked at', async () => {
    const leaseMs = 500;
    const cache = getCache(0, { checkoutLeaseSeconds: leaseMs / 1000 });
    const cartId = newToken();
    await cache.add(cartId, 'a');
    // Of a process that died.
    const dead = {
      keys: toCartKeys('', cartId),
      checkoutId: randomUUID(),
      attemptId: randomUUID(),
      leaseMs,
      keepMs: hourMs,
    };
    await clients[0]?.run(acquireScript, { ...dead, openCheckout: null });
    const key = `{${cartId}}_cart:lock`;
    await setBack(key, 'leaseUntil');

    const look = () => cache.checkout(cartId, completed).catch((error: unknown) => error);
    const first = await look();
    expect(first).toBeInstanceOf(CheckoutInProgressError);
    expect((first as CheckoutInProgressError).retryAfterMs).toBeLessThanOrEqual(leaseMs);
    const lockedUntil = await inspector.hget(key, 'leaseUntil');
    await look();
    expect(await inspector.hget(key, 'leaseUntil')).toBe(lockedUntil);
    await until('the lock has ended', async () => !((await look()) instanceof CheckoutInProgressError));
    expect(await cache.get(cartId)).toEqual([]);
  });

  it('refuses adds with operation ids for no longer than one life when the cart remembers its most', async () => {
    const token = newToken();
    const lifeMs = 10 * 60 * 1000;
    await getCache(0).add(token, 'a', 1, { idempotencyKey: 'first' });
    const key = `{${token}}_cart:idempotency`;
    const ahead = Number((await inspector.time())[0]) * 1000 + hourMs;
    const full = Array.from({ length: 1000 }, (_, n) => [`op-${n}`, `${ahead} a 1`]).flat();
    await inspector.hset(key, ...full, '#look', String(ahead + lifeMs));
    const add = () => getCache(0).add(token, 'a', 1, { idempotencyKey: 'one-more' });
    await expect(add()).rejects.toMatchObject({ code: 'TOO_MANY_IDEMPOTENCY_KEYS' });
    const now = Number((await inspector.time())[0]) * 1000;
    expect(Number(await inspector.hget(key, '#look'))).toBeLessThanOrEqual(now + 1000 + lifeMs);
    expect(Number((await inspector.hget(key, 'op-7'))?.split(' ')[0])).toBeLessThanOrEqual(now + 1000);
  });
});
