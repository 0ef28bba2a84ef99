import { createCarts } from '@badger-store/cart-cache';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { createLogger, assembleService, type User } from '@badger-store/service-kit';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { Router } from 'express';
import request from 'supertest';
import { addCartRoutes } from './http/cart.routes';

const day = 24 * 3600;
let redisServer: RedisServer;
let redis: RedisClient;
let raw: Redis;
let server: LocalServer;
let user: User;

beforeAll(async () => {
  redisServer = await startRedisServer();
  raw = new Redis(redisServer.url, { disableClientInfo: true });
  redis = connectRedis({ url: redisServer.url }, () => undefined);
  await redis.ready(30_000);
  const routes = Router();
  const carts = {
    ofUsers: createCarts({ redis, ttlSeconds: 7 * day }),
    ofNewGuests: createCarts({ redis, ttlSeconds: day }),
  };
  addCartRoutes(
    routes,
    carts,
    () => Promise.resolve(1),
    () => Promise.resolve(user),
  );
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const close = () => Promise.resolve();
  server = await serveLocally(
    assembleService(config, createLogger('spec', 'silent'), { routes, checks: {}, close }).app,
  );
});
afterAll(async () => {
  await server.close();
  raw.disconnect();
  await redis.close();
  await redisServer.stop();
});

const session = { sessionId: 's', scopes: new Set(['cart']), sessionVersion: 0, issuedAt: 1 };
const newGuest = (id: string): User => ({ ...session, id, kind: 'guest', isNewGuest: true });
const refreshed = (id: string): User => ({ ...session, id, kind: 'guest' });

const ask = async (as: User, method: 'get' | 'post' | 'patch', path: string, body?: object) => {
  user = as;
  const res = await request(server.url)[method](path).set('Authorization', 'Bearer token').send(body);
  expect(res.status).toBeLessThan(300);
};
const add = (as: User) => ask(as, 'post', '/Cart/Item', { id: 'mug' });
const lifeInDays = async (id: string) => Math.round(((await raw.ttl(`{${id}}_cart`)) / day) * 10) / 10;

it('the cart of a new guest lives one day', async () => {
  await add(newGuest('g-1'));
  expect(await lifeInDays('g-1')).toBe(1);
});

it.each<[string, (id: string) => Promise<void>]>([
  ['an add', (id) => add(refreshed(id))],
  ['a read', (id) => ask(refreshed(id), 'get', '/Cart')],
  ['a change of a line', (id) => ask(refreshed(id), 'patch', '/Cart/Item/mug', { quantity: 2 })],
])('the cart of a guest lives as long as that of a user after %s with a refreshed session', async (what, use) => {
  const id = `g-${what.replaceAll(' ', '-')}`;
  await add(newGuest(id));
  await use(id);
  expect(await lifeInDays(id)).toBe(7);
});

it.each<[string, (id: string) => Promise<void>]>([
  ['an add', (id) => add(newGuest(id))],
  ['a read', (id) => ask(newGuest(id), 'get', '/Cart')],
  ['a change of a line', (id) => ask(newGuest(id), 'patch', '/Cart/Item/mug', { quantity: 2 })],
])('the life of a cart is not shortened by %s with a userToken from before the refresh', async (what, use) => {
  const id = `g-old-${what.replaceAll(' ', '-')}`;
  await add(refreshed(id));
  await use(id);
  expect(await lifeInDays(id)).toBe(7);
});

it('a change with the ETag of an earlier cart is 412 and changes nothing', async () => {
  user = refreshed('g-etag');
  const send = (method: 'get' | 'post' | 'patch' | 'delete', path: string, ifMatch?: string) => {
    const sent = request(server.url)[method](path).set('Authorization', 'Bearer token');
    return ifMatch === undefined ? sent : sent.set('If-Match', ifMatch);
  };
  expect((await send('get', '/Cart')).headers.etag).toBe('"0"');
  const earlier = String((await send('post', '/Cart/Item').send({ id: 'mug' })).headers.etag);
  const present = String((await send('post', '/Cart/Item', earlier).send({ id: 'mug' })).headers.etag);
  expect(present).not.toBe(earlier);
  for (const conflict of [
    send('post', '/Cart/Item', earlier).send({ id: 'mug' }),
    send('patch', '/Cart/Item/mug', earlier).send({ quantity: 9 }),
    send('delete', '/Cart/Item/mug', earlier),
    send('delete', '/Cart', earlier),
    send('delete', '/Cart', '"unknown"'),
  ]) {
    const { status, body } = await conflict;
    expect([status, body.code]).toEqual([412, 'CART_VERSION_CONFLICT']);
  }
  const read = await send('get', '/Cart');
  expect([read.headers.etag, read.body.cart]).toEqual([present, [{ id: 'mug', quantity: 2 }]]);
  expect((await send('delete', '/Cart', '*')).status).toBe(204);
});
