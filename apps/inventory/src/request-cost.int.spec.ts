import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitor, startRedisServer, trafficDuring, type RedisServer } from '@badger-store/redis-kit/testing';
import {
  createLogger,
  loadConfig,
  signAccessToken,
  startService,
  type RunningService,
} from '@badger-store/service-kit';
import { emptyRevocationPage } from '@badger-store/service-kit/testing';
import { askOverOneConnection, serveLocally, untilReady, type LocalServer } from '@badger-store/test-kit';
import { composeInventory } from './compose';
import { configSchema } from './config';
import { startStock, type StockUnderTest } from './testing/stock-under-test';

const requests = 500;
const userId = `g-${randomBytes(16).toString('base64url')}`;
const folder = mkdtempSync(join(tmpdir(), 'inventory-spec-'));
const signingKey = { kid: 'key', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };

let redis: RedisServer;
let stock: StockUnderTest;
let gateway: LocalServer;
let service: RunningService;
let url: string;
let headers: Record<string, string>;
let body: string;

beforeAll(async () => {
  [redis, stock] = await Promise.all([startRedisServer(), startStock()]);
  const jwk = { ...signingKey.publicKey.export({ format: 'jwk' }), kid: signingKey.kid };
  gateway = await serveLocally((req, res) => {
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
  service = await startService(composeInventory(config, createLogger('spec', 'silent')));
  url = `http://127.0.0.1:${service.port}`;
  await untilReady('inventory', url);

  const session = {
    sessionId: 's',
    sessionVersion: 0,
    issuedAt: Math.floor(Date.now() / 1000),
    scopes: new Set(['cart']),
  };
  const parties = { issuer: 'badger-store', audience: 'badger-store' };
  const token = signAccessToken({ id: userId, kind: 'guest', ...session }, signingKey, parties, 600);
  headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const items = await Promise.all(Array.from({ length: 10 }, () => stock.addItem(1)));
  for (const id of items) await add(1, JSON.stringify({ id }));
  body = JSON.stringify({ id: items[0], quantity: 1 });
  await askForCart(1);
});

afterAll(async () => {
  await service.stop();
  await Promise.all([redis.stop(), stock.stop(), gateway.close()]);
  rmSync(folder, { recursive: true });
});

const add = (times: number, line = body) =>
  askOverOneConnection(`${url}/Cart/Item`, { method: 'POST', headers, body: line }, times);
const askForCart = (times: number) => askOverOneConnection(`${url}/Cart`, { headers }, times);

const statements = async () => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counts = [...metrics.matchAll(/^postgres_query_duration_seconds_count\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
};

const calls: [string, (times: number) => Promise<unknown>][] = [
  ['an add to a cart', add],
  ['a look at a cart', askForCart],
];

it.each(calls)('%s is one command to Redis, and no statement to PostgreSQL', async (_what, ask) => {
  const monitored = await monitor(redis.url);
  const statementsBefore = await statements();
  const commands = await monitored.during(() => ask(requests));
  monitored.stop();
  const ofCart = commands.filter(({ words }) => words.some((word) => word.includes(userId)));
  expect(ofCart.map(({ words: [command] }) => command)).toEqual(Array.from({ length: requests }, () => 'evalsha'));
  // Background jobs (pings, the sweep of reservations) run meanwhile, the more the longer it takes.
  expect(commands.length - ofCart.length).toBeLessThan(requests);
  expect((await statements()) - statementsBefore).toBeLessThan(requests);
});

// Bytes for a cart of ten lines with ids of 38 characters. Raise a limit only for a reason.
it.each<[string, (times: number) => Promise<{ bytesReceived: number }>, Record<string, number>]>([
  ['an add to a cart', add, { toRedis: 390, fromRedis: 640, answer: 920 }],
  ['a look at a cart', askForCart, { toRedis: 140, fromRedis: 640, answer: 900 }],
])('%s takes no more bytes than it may', async (_what, ask, max) => {
  let answers = 0;
  const { received, sent } = await trafficDuring(redis.url, async () => {
    answers = (await ask(requests)).bytesReceived;
  });
  const bytes = { toRedis: received, fromRedis: sent, answer: answers };
  const each = Object.fromEntries(Object.entries(bytes).map(([what, all]) => [what, Math.round(all / requests)]));
  const over = Object.entries(each).filter(([what, count]) => count > (max[what] ?? 0));
  expect(over).toEqual([]);
});
