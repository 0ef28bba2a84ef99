import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import {
  createLogger,
  signServiceToken,
  loadConfig,
  requireService,
  signAccessToken,
  startService,
  type RunningService,
} from '@badger-store/service-kit';
import { emptyRevocationPage } from '@badger-store/service-kit/testing';
import { serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import type { Request, Response } from 'express';
import request from 'supertest';
import { composeInventory } from './compose';
import { configSchema } from './config';
import { startStock, type StockUnderTest } from './testing/stock-under-test';

const secret = () => randomBytes(32).toString('base64url');
const secrets = new Map<string, [string]>([
  ['checkout:inventory', [secret()]],
  ['inventory:checkout', [secret()]],
  ['inventory:gateway', [secret()]],
]);
const folder = mkdtempSync(join(tmpdir(), 'inventory-spec-'));
const signingKey = { kid: 'key', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
const asked: string[] = [];
const paid = new Set<string>();
let mayRespond: Promise<void> = Promise.resolve();

let redis: RedisServer;
let under: StockUnderTest;
let neighbours: LocalServer;
let service: RunningService;
let url: string;

beforeAll(async () => {
  [redis, under] = await Promise.all([startRedisServer(), startStock()]);
  const jwk = { ...signingKey.publicKey.export({ format: 'jwk' }), kid: signingKey.kid };
  neighbours = await serveLocally(async (req, res) => {
    if (req.url?.startsWith('/internal/revocations')) return void res.end(JSON.stringify(emptyRevocationPage()));
    if (req.url !== '/internal/orders/outcomes') return void res.end(JSON.stringify({ keys: [jwk] }));
    const toCheckout = Object.assign(req, { get: (name: string) => req.headers[name] }) as unknown as Request;
    requireService(secrets, 'checkout', ['inventory'])(toCheckout, {} as Response, (refused) => {
      if (refused) res.statusCode = 401;
    });
    const { ids } = (await json(req)) as { ids: string[] };
    asked.push(...ids);
    await mayRespond;
    res.end(JSON.stringify({ outcomes: ids.filter((id) => paid.has(id)).map((id) => ({ id, status: 'paid' })) }));
  });
  const secretFile = join(folder, 'service-token-secrets');
  writeFileSync(secretFile, [...secrets].map(([pair, [text]]) => `${pair} ${text}\n`).join(''));
  const config = loadConfig(configSchema, {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DRAIN_SECONDS: '1',
    REDIS_URL: redis.url,
    DATABASE_URL: under.url,
    JWKS_URL: neighbours.url,
    CHECKOUT_URL: neighbours.url,
    GATEWAY_ADMIN_URL: neighbours.url,
    SERVICE_TOKEN_SECRET_FILE: secretFile,
    RESERVATION_CHECK_SECONDS: '1',
  });
  service = await startService(composeInventory(config, createLogger('spec', 'silent')));
  url = `http://127.0.0.1:${service.port}`;
});

afterAll(async () => {
  await service.stop();
  await Promise.all([redis.stop(), under.stop(), neighbours.close()]);
  rmSync(folder, { recursive: true });
});

const ofCheckout = () => signServiceToken(secrets, 'checkout', 'inventory');
const reserve = (id: string, itemId: string, token = ofCheckout()) =>
  request(url)
    .put(`/internal/reservations/${id}`)
    .set('Authorization', `Bearer ${token}`)
    .send({ lines: [{ id: itemId, quantity: 2 }] });
const end = (id: string, how: 'commit' | 'release') =>
  request(url).post(`/internal/reservations/${id}/${how}`).set('Authorization', `Bearer ${ofCheckout()}`);
const getAvailable = async (itemId: string) => {
  const { body } = await request(url).get(`/inventory/items/${itemId}`);
  return (body as { available: number }).available;
};

it('reserved stock is not available until it is released', async () => {
  const [itemId, first, second] = [await under.addItem(3), randomUUID(), randomUUID()];
  expect((await reserve(first, itemId)).body).toEqual({ status: 'held' });
  expect(await getAvailable(itemId)).toBe(1);
  const refused = await reserve(second, itemId);
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ code: 'OUT_OF_STOCK', lines: [{ id: itemId, requested: 2, available: 1 }] });
  expect((await end(first, 'release')).body).toEqual({ status: 'released' });
  expect((await reserve(second, itemId)).body).toEqual({ status: 'held' });
  expect((await end(second, 'commit')).body).toEqual({ status: 'committed' });
  expect(await getAvailable(itemId)).toBe(1);
  expect((await reserve(first, itemId)).body).toMatchObject({ status: 409, code: 'RESERVATION_RELEASED' });
});

it.each<[string, () => string]>([
  [
    'a user',
    () => {
      const user = { id: 'u-1', kind: 'user', sessionId: 's', scopes: new Set(['cart', 'checkout']) } as const;
      const parties = { issuer: 'badger-store', audience: 'badger-store' };
      return signAccessToken(
        { ...user, sessionVersion: 0, issuedAt: Math.floor(Date.now() / 1000) },
        signingKey,
        parties,
        600,
      );
    },
  ],
  ['inventory’s own token for checkout', () => signServiceToken(secrets, 'inventory', 'checkout')],
  [
    'a token of another secret',
    () => signServiceToken(new Map([['checkout:inventory', [secret()]]]), 'checkout', 'inventory'),
  ],
])('%s reserves nothing', async (_who, createToken) => {
  const itemId = await under.addItem(3);
  const { status, headers } = await reserve(randomUUID(), itemId, createToken());
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toBeDefined();
  expect(await getAvailable(itemId)).toBe(3);
});

it('what checkout left behind is ended by what became of the order', async () => {
  const [itemId, bought, lost] = [await under.addItem(10), randomUUID(), randomUUID()];
  paid.add(bought);
  await reserve(bought, itemId);
  await reserve(lost, itemId);
  await until('both have ended', async () => (await under.counts(itemId))?.reserved === 0, 20_000);
  expect(await under.counts(itemId)).toEqual({ stock: 8, reserved: 0 });
  expect(asked).toEqual(expect.arrayContaining([bought, lost]));
  expect([await under.getStatus(bought), await under.getStatus(lost)]).toEqual(['committed', 'released']);
});

it('a service that stops ends what it is asking about first', async () => {
  const [itemId, bought] = [await under.addItem(10), randomUUID()];
  paid.add(bought);
  let respond: () => void = () => undefined;
  mayRespond = new Promise((resolve) => (respond = resolve));
  await reserve(bought, itemId);
  await until('checkout is asked', () => asked.includes(bought), 20_000);
  const stopping = service.stop();
  respond();
  await stopping;
  expect(await under.getStatus(bought)).toBe('committed');
});
