import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCarts, type Carts } from '@badger-store/cart-cache';
import { connectPostgres, migrate } from '@badger-store/postgres-kit';
import { openTestDatabase, toOwnerUrl } from '@badger-store/postgres-kit/testing';
import { connectRedis } from '@badger-store/redis-kit';
import { startRedisServer } from '@badger-store/redis-kit/testing';
import { createLogger, loadConfig, signAccessToken, startService } from '@badger-store/service-kit';
import { emptyRevocationPage } from '@badger-store/service-kit/testing';
import { serveLocally, untilReady } from '@badger-store/test-kit';
import request from 'supertest';
import { composeCheckout } from '../compose';
import { configSchema } from '../config';
import { checkoutMigrations } from '../postgres/migrations';
import { checkoutSchema, type CheckoutTables } from '../postgres/tables';

const origin = 'http://localhost:3000';
const parties = { issuer: 'badger-store', audience: 'badger-store' };
const signingKey = { kid: 'key', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
const secret = () => randomBytes(32).toString('base64url');

export type CheckoutService = Awaited<ReturnType<typeof startCheckoutService>>;

/** The service as it is composed, on a Redis and a PostgreSQL of its own; inventory has mugs for 1 euro, and mugs with odd prices, and reserves what is asked for. */
export async function startCheckoutService(
  env: (file: (text: string) => string) => Record<string, string> = () => ({}),
) {
  const folder = mkdtempSync(join(tmpdir(), 'checkout-spec-'));
  const file = (text: string) => {
    const path = join(folder, secret());
    writeFileSync(path, text);
    return path;
  };
  const secrets = new Map(
    ['gateway:checkout', 'inventory:checkout', 'checkout:inventory', 'checkout:gateway'].map(
      (pair): [string, [string]] => [pair, [secret()]],
    ),
  );
  const [redisServer, database] = await Promise.all([startRedisServer(), openTestDatabase(['checkout'])]);
  const { checkout: databaseUrl = '' } = database.urls;
  await migrate({ url: toOwnerUrl(databaseUrl), schema: checkoutSchema }, checkoutMigrations);
  const postgres = connectPostgres<CheckoutTables>(
    { url: databaseUrl, schema: checkoutSchema, applicationName: 'spec' },
    () => undefined,
  );
  const redis = connectRedis({ url: redisServer.url, connectionName: 'spec', deadlineMs: 5000 }, () => undefined);
  await redis.ready(30_000);

  const jwk = { ...signingKey.publicKey.export({ format: 'jwk' }), kid: signingKey.kid };
  const item = (id: string, amount: number, currency = 'EUR') => ({
    id,
    name: id,
    price: { amount, currency },
    available: 999,
  });
  const items = [
    ...[item('mug', 100), item('dollar-mug', 100, 'USD'), item('negative-mug', -1), item('half-mug', 0.5)],
    item('golden-mug', Number.MAX_SAFE_INTEGER),
    { ...item('few-mugs', 100), available: 2 },
  ];
  const neighbours = await serveLocally((req, res) => {
    const isCatalogue = req.url?.startsWith('/inventory');
    const isRevocations = req.url?.startsWith('/internal/revocations');
    const isStock = req.url?.startsWith('/internal');
    if (isRevocations) res.end(JSON.stringify(emptyRevocationPage()));
    else res.end(JSON.stringify(isCatalogue ? { items } : isStock ? { status: 'done' } : { keys: [jwk] }));
  });
  const config = loadConfig(configSchema, {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DRAIN_SECONDS: '1',
    REDIS_URL: redisServer.url,
    DATABASE_URL: databaseUrl,
    INVENTORY_URL: neighbours.url,
    GATEWAY_ADMIN_URL: neighbours.url,
    JWKS_URL: neighbours.url,
    FIRST_PARTY_ORIGINS: origin,
    SERVICE_TOKEN_SECRET_FILE: file([...secrets].map(([pair, [text]]) => `${pair} ${text}\n`).join('')),
    PAYMENT_METHODS: 'test',
    CHECKOUT_LEASE_SECONDS: '1',
    ...env(file),
  });
  const service = await startService(composeCheckout(config, createLogger('spec', 'silent')));
  const url = `http://127.0.0.1:${service.port}`;
  await untilReady('checkout', url);
  const cartCache: Carts = createCarts({ redis });

  const userToken = (id: string) => {
    const scopes = new Set(['cart', 'orders:read', 'checkout']);
    const kind = id.startsWith('g-') ? 'guest' : 'user';
    const user = {
      id,
      kind,
      sessionId: `s-${id}`,
      scopes,
      sessionVersion: 0,
      issuedAt: Math.floor(Date.now() / 1000),
    } as const;
    return signAccessToken(user, signingKey, parties, 600);
  };

  return {
    url,
    redisUrl: redisServer.url,
    secrets,
    cartCache,
    userToken,
    db: postgres.db,
    newId: (kind: 'g' | 'u') => `${kind}-${randomBytes(16).toString('base64url')}`,
    checkOut: (id: string, payment: object, headers: Record<string, string> = {}) =>
      request(url)
        .patch('/Cart/checkout')
        .set({ Authorization: `Bearer ${userToken(id)}`, Origin: origin, ...headers })
        .send({ payment }),
    quote: (id: string) =>
      request(url)
        .get('/Cart/checkout')
        .set({ Authorization: `Bearer ${userToken(id)}` }),
    async stop() {
      await service.stop();
      await redis.close();
      await postgres.close();
      await Promise.all([redisServer.stop(), database.drop(), neighbours.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}
