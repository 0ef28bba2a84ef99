import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedisCartCache } from '@badger-store/cart-cache';
import { migrate } from '@badger-store/postgres-kit';
import { startPostgresServer, type PostgresServer } from '@badger-store/postgres-kit/testing';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { followRevocations, type RevocationFollower } from '@badger-store/revocations';
import {
  createLogger,
  createServiceTokens,
  loadConfig,
  signUserToken,
  startService,
  type RunningService,
} from '@badger-store/service-kit';
import { serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import request from 'supertest';
import { composeCheckout } from './compose';
import { configSchema } from './config';
import { checkoutMigrations } from './postgres/migrations';
import { checkoutSchema } from './postgres/tables';

const origin = 'http://localhost:3000';
const parties = { issuer: 'badger-store', audience: 'badger-store' };
const signingKey = { kid: 'key', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
const secret = () => randomBytes(32).toString('base64url');
const secrets = new Map([
  ['gateway:checkout', secret()],
  ['checkout:inventory', secret()],
]);
const folder = mkdtempSync(join(tmpdir(), 'checkout-spec-'));
const secretFile = join(folder, 'service-token-secrets');

let redisServer: RedisServer;
let postgresServer: PostgresServer;
let neighbours: LocalServer;
let redis: RedisClient;
let seeder: RevocationFollower;
let service: RunningService;
let url: string;

beforeAll(async () => {
  [redisServer, postgresServer] = await Promise.all([startRedisServer(), startPostgresServer()]);
  const { checkout: database = '' } = await postgresServer.createDatabase('store', ['checkout']);
  await migrate({ url: database, schema: checkoutSchema }, checkoutMigrations);
  redis = connectRedis({ url: redisServer.url, connectionName: 'spec' }, () => undefined);
  await redis.ready(2000);
  seeder = followRevocations({ redis, seed: () => Promise.resolve([]), report: () => undefined });

  const jwk = { ...signingKey.publicKey.export({ format: 'jwk' }), kid: signingKey.kid };
  const mug = { id: 'mug', name: 'Mug', price: { amount: 100, currency: 'EUR' }, available: 9 };
  neighbours = await serveLocally((req, res) =>
    res.end(JSON.stringify(req.url?.startsWith('/inventory') ? { items: [mug] } : { keys: [jwk] })),
  );
  writeFileSync(secretFile, [...secrets].map(([pair, text]) => `${pair} ${text}\n`).join(''));
  const config = loadConfig(configSchema, {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DRAIN_SECONDS: '1',
    REDIS_URL: redisServer.url,
    DATABASE_URL: database,
    INVENTORY_URL: neighbours.url,
    JWKS_URL: neighbours.url,
    FIRST_PARTY_ORIGINS: origin,
    SERVICE_TOKEN_SECRET_FILE: secretFile,
    PAYMENT_METHODS: 'test',
  });
  service = await startService(composeCheckout(config, createLogger('spec', 'silent')));
  url = `http://127.0.0.1:${service.port}`;
  await until('the service has its dependencies', async () => {
    const { body } = await request(url).get('/readyz');
    return Object.values(body.dependencies as Record<string, string>).every((state) => state === 'up');
  });
}, 30_000);

afterAll(async () => {
  await service.stop();
  seeder.close();
  await redis.close();
  await Promise.all([redisServer.stop(), postgresServer.stop(), neighbours.close()]);
  rmSync(folder, { recursive: true });
});

const newId = (kind: 'g' | 'u') => `${kind}-${randomBytes(16).toString('base64url')}`;
const userToken = (id: string) => {
  const scopes = new Set(['cart', 'orders:read', 'checkout']);
  const kind = id.startsWith('g-') ? 'guest' : 'user';
  const user = { id, kind, sessionId: `s-${id}`, scopes, sessionStartedAt: Date.now() } as const;
  return signUserToken(user, signingKey, parties, 600);
};
const orderIds = async (id: string) => {
  const { body } = await request(url)
    .get('/orders')
    .set('Authorization', `Bearer ${userToken(id)}`);
  return (body.orders as { id: string }[]).map((order) => order.id);
};
const newGuestWithOrder = async () => {
  const guest = newId('g');
  await createRedisCartCache({ redis }).add(guest, 'mug');
  const { status, body } = await request(url)
    .patch('/Cart/checkout')
    .set({ Authorization: `Bearer ${userToken(guest)}`, Origin: origin })
    .send({ payment: { method: 'test', token: 'approve' } });
  expect(status).toBe(200);
  return { guest, orderId: (body as { order: { id: string } }).order.id };
};
const move = (from: string, to: string, token?: string) => {
  const asked = request(url).post('/internal/orders/move').send({ from, to });
  return token === undefined ? asked : asked.set('Authorization', `Bearer ${token}`);
};

it('a guest’s order is the user’s once the gateway has it moved', async () => {
  const { guest, orderId } = await newGuestWithOrder();
  const user = newId('u');
  const serviceToken = createServiceTokens(secrets, 'gateway').tokenFor('checkout');
  const { status, body } = await move(guest, user, serviceToken);
  expect([status, body]).toEqual([200, { moved: 1, pending: false }]);
  expect(await orderIds(user)).toEqual([orderId]);
  expect(await orderIds(guest)).toEqual([]);
});

it.each<[string, (guest: string, user: string) => string | undefined]>([
  ['without a token', () => undefined],
  ['with the guest’s userToken', (guest) => userToken(guest)],
  ['with the user’s userToken', (_guest, user) => userToken(user)],
  ['with a service token for another service', () => createServiceTokens(secrets, 'checkout').tokenFor('inventory')],
  [
    'with a service token of another secret',
    () => createServiceTokens(new Map([['gateway:checkout', secret()]]), 'gateway').tokenFor('checkout'),
  ],
])('an order stays the guest’s when it is asked for %s', async (_how, tokenOf) => {
  const { guest, orderId } = await newGuestWithOrder();
  const user = newId('u');
  const { status, headers } = await move(guest, user, tokenOf(guest, user));
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toBeDefined();
  expect(await orderIds(guest)).toEqual([orderId]);
  expect(await orderIds(user)).toEqual([]);
});

it('a service token opens nothing that is meant for users', async () => {
  const serviceToken = createServiceTokens(secrets, 'gateway').tokenFor('checkout');
  expect((await request(url).get('/orders').set('Authorization', `Bearer ${serviceToken}`)).status).toBe(401);
});
