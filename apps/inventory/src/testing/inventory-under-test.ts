import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { createLogger, loadConfig, signAccessToken, startService, type User } from '@badger-store/service-kit';
import { emptyRevocationPage } from '@badger-store/service-kit/testing';
import { serveLocally, untilReady } from '@badger-store/test-kit';
import { composeInventory } from '../compose';
import { configSchema } from '../config';
import { startStock, type StockUnderTest } from './stock-under-test';

export interface InventoryUnderTest {
  readonly url: string;
  readonly redis: RedisServer;
  readonly stock: StockUnderTest;
  /** A guest, and the headers of the guest's requests. */
  readonly userId: string;
  readonly headers: Record<string, string>;
  /** Those of another guest, or of a user. */
  headersFor(user: Pick<User, 'id' | 'kind' | 'isNewGuest'>): Record<string, string>;
  stop(): Promise<void>;
}

/** The composed service with a real Redis and a real PostgreSQL. */
export async function startInventory(): Promise<InventoryUnderTest> {
  const userId = `g-${randomBytes(16).toString('base64url')}`;
  const folder = mkdtempSync(join(tmpdir(), 'inventory-spec-'));
  const signingKey = { kid: 'key', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  const [redis, stock] = await Promise.all([startRedisServer(), startStock()]);
  const jwk = { ...signingKey.publicKey.export({ format: 'jwk' }), kid: signingKey.kid };
  const gateway = await serveLocally((req, res) => {
    res.end(JSON.stringify(req.url?.startsWith('/internal') ? emptyRevocationPage() : { keys: [jwk] }));
  });
  const secretFile = join(folder, 'service-token-secrets');
  writeFileSync(
    secretFile,
    ['inventory:checkout', 'inventory:gateway']
      .map((pair) => `${pair} ${randomBytes(32).toString('base64url')}\n`)
      .join(''),
  );
  const config = loadConfig(configSchema, {
    HOST: '127.0.0.1',
    PORT: '0',
    DRAIN_SECONDS: '1',
    SERVICE_TOKEN_SECRET_FILE: secretFile,
    REDIS_URL: redis.url,
    DATABASE_URL: stock.url,
    JWKS_URL: gateway.url,
    CHECKOUT_URL: gateway.url,
    GATEWAY_ADMIN_URL: gateway.url,
    CART_MAX_QUANTITY: '100000',
  });
  const service = await startService(composeInventory(config, createLogger('spec', 'silent')));
  const url = `http://127.0.0.1:${service.port}`;
  await untilReady('inventory', url);

  const session = {
    sessionId: 's',
    sessionVersion: 0,
    issuedAt: Math.floor(Date.now() / 1000),
    scopes: new Set(['cart']),
  };
  const parties = { issuer: 'badger-store', audience: 'badger-store' };
  const headersFor: InventoryUnderTest['headersFor'] = (user) => ({
    authorization: `Bearer ${signAccessToken({ ...user, ...session }, signingKey, parties, 600)}`,
    'content-type': 'application/json',
  });
  return {
    url,
    redis,
    stock,
    userId,
    headers: headersFor({ id: userId, kind: 'guest' }),
    headersFor,
    async stop() {
      await service.stop();
      await Promise.all([redis.stop(), stock.stop(), gateway.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}
