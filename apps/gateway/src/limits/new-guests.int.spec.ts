import { randomUUID } from 'node:crypto';
import { createCarts, type Carts } from '@badger-store/cart-cache';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { assembleService, createLogger } from '@badger-store/service-kit';
import { serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { Redis } from 'ioredis';
import request from 'supertest';
import { createNewGuestLimit } from './new-guests';

const pollMs = 20;
const mebibyte = 1024 * 1024;
let redisServer: RedisServer;
let redis: RedisClient;
let raw: Redis;
let limit: ReturnType<typeof createNewGuestLimit>;
let server: LocalServer;
let carts: Carts;
const reports: string[] = [];
const log = {
  warn: (message: string) => void reports.push(message),
  info: (message: string) => void reports.push(message),
};

beforeAll(async () => {
  redisServer = await startRedisServer({ args: ['--maxmemory', '16mb', '--maxmemory-policy', 'noeviction'] });
  raw = new Redis(redisServer.url, { disableClientInfo: true });
  redis = connectRedis({ url: redisServer.url }, () => undefined);
  await redis.ready(30_000);
  carts = createCarts({ redis });
  limit = createNewGuestLimit(redis, log, pollMs);
  const created: RequestHandler = (_req, res) => void res.status(201).json({});
  const isNew: RequestHandler = (req, _res, next) => {
    const session = { id: 'g-1', sessionId: 's', scopes: new Set(['cart']), sessionVersion: 0, issuedAt: 1 };
    Object.assign(req, { user: { ...session, kind: 'guest', isNewGuest: req.query.isNew === '1' } });
    next();
  };
  const routes = Router()
    .post('/auth/guest', limit.admitGuest, created)
    .post('/Cart/Item', isNew, limit.admitAdd, created);
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const close = () => Promise.resolve();
  server = await serveLocally(
    assembleService(config, createLogger('spec', 'silent'), { routes, checks: {}, close }).app,
  );
});
afterAll(async () => {
  limit.close();
  await server.close();
  raw.disconnect();
  await redis.close();
  await redisServer.stop();
});

const newGuest = () => request(server.url).post('/auth/guest');
/** Until Redis uses so much of its limit. */
async function fillTo(usage: number): Promise<void> {
  for (let i = 0; (await redis.memoryUsage()) < usage; i += 1) await raw.set(`{filler}:${i}`, 'x'.repeat(mebibyte / 8));
}

it('new guests are refused before any add when guests with one add each fill Redis', async () => {
  await fillTo(0.75);
  const refused: { status: number; code: string; retryAfter: string | undefined }[] = [];
  let guests = 0;
  let added = 0;
  let hasEnded = false;
  const user = async () => {
    for (let i = 0; !hasEnded || added < 200; i += 1) {
      await carts.add('u-1', `item-${i % 50}`);
      added += 1;
    }
  };
  const attacker = async () => {
    while (refused.length < 100 && guests < 100_000) {
      const res = await newGuest();
      if (res.status !== 201) {
        refused.push({ status: res.status, code: res.body.code, retryAfter: res.get('retry-after') });
        continue;
      }
      guests += 1;
      // Long ids take more room than short ones.
      await carts.add(`g-${randomUUID()}`, 'x'.repeat(64), 1, { idempotencyKey: randomUUID() });
    }
  };
  const attack = Promise.all(Array.from({ length: 8 }, attacker)).finally(() => (hasEnded = true));
  await Promise.all([attack, user()]);
  expect(refused.length).toBeGreaterThanOrEqual(100);
  expect(refused[0]).toEqual({ status: 503, code: 'NEW_GUESTS_REFUSED', retryAfter: '30' });
  expect(guests).toBeGreaterThan(0);
  expect(await redis.memoryUsage()).toBeLessThan(1);
});

it('adds of guests who never refreshed are refused at 90 % of the memory, and other adds succeed', async () => {
  const add = (isNew: 0 | 1) => request(server.url).post(`/Cart/Item?isNew=${isNew}`);
  expect((await add(1)).status).toBe(201);
  await fillTo(0.9);
  await until('an add is refused', async () => (await add(1)).status === 503);
  const { body } = await add(1);
  expect(body.code).toBe('NEW_GUESTS_REFUSED');
  expect((await add(0)).status).toBe(201);
});

it('new guests are admitted again when Redis has room, and each change is logged once', async () => {
  await raw.flushall();
  await until('a guest is admitted', async () => (await newGuest()).status === 201);
  expect(reports[0]).toBe('Redis is almost full; the gateway refuses new guests');
  expect(reports.at(-1)).toBe('the gateway admits new guests again');
  // Usage may cross the limit several times while the attack runs.
  expect(reports.filter((message, n) => message === reports[n - 1])).toEqual([]);
});

it.each([
  ['admitted', 0.5, undefined],
  ['refused', 0.9, 'NEW_GUESTS_REFUSED'],
])('new guests are still %s when Redis becomes unavailable', async (_what, usage, code) => {
  let reads = 0;
  const memoryUsage = () => ((reads += 1) === 1 ? Promise.resolve(usage) : Promise.reject(new Error('unavailable')));
  const alone = createNewGuestLimit({ memoryUsage }, log, 5);
  await until('a read has failed', () => reads > 2);
  const next = jest.fn();
  alone.admitGuest({} as Request, {} as Response, next);
  expect(next.mock.calls[0]?.[0]?.code).toBe(code);
  alone.close();
});
