import { execFile, fork, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { migrate } from '@badger-store/postgres-kit';
import { startPostgresServer, toOwnerUrl } from '@badger-store/postgres-kit/testing';
import { connectRedis, type RedisSettings } from '@badger-store/redis-kit';
import { signAccessToken } from '@badger-store/service-kit';
import { emptyRevocationPage } from '@badger-store/service-kit/testing';
import { endWithThisProcess, freePort, serveLocally, until, untilReady } from '@badger-store/test-kit';
import { Pool } from 'pg';
import { checkoutMigrations } from '../postgres/migrations';
import { checkoutSchema } from '../postgres/tables';
import type { FromWorker, Stops, ToWorker } from './workers/checkout-worker';

const run = promisify(execFile);
const root = resolve(__dirname, '../../../..');
const inventoryProgram = join(root, 'dist/apps/inventory/main.js');
const origin = 'http://localhost:3000';
const parties = { issuer: 'badger-store', audience: 'badger-store' };
/** Short, so that what was killed may be taken over soon. */
const leaseSeconds = 1;
const busyMs = 8000;

export interface ShopOptions {
  readonly redis: RedisSettings;
  /** Of the services: where their Redis is. */
  readonly redisEnv: Readonly<Record<string, string>>;
}

export interface StoreResponse {
  /** 0 where the connection broke. */
  readonly status: number;
  readonly body: { readonly code?: string; readonly order?: { readonly id: string; readonly status: string } };
}

export interface Shopper {
  readonly id: string;
  readonly item: string;
  add(quantity: number): Promise<boolean>;
  cart(): Promise<number>;
  pay(checkoutUrl: string, token: string, key?: string): Promise<StoreResponse>;
}

export interface CheckoutProcess {
  readonly url: string;
  /** Resolves when the process and inventory have all that they need, after a fault before. */
  isWell(): Promise<void>;
  stopAt(stops: Stops): void;
  /** Resolves when that many checkouts wait there, or after a while, on a machine that is busy, fewer; to how many they are. */
  reached(count: number): Promise<number>;
  proceed(): void;
  /** `kill -9`, and a new process on the same port. */
  killAndRestart(): Promise<void>;
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

/** PostgreSQL, inventory as its own program, and checkouts in processes that can be stopped at any step. */
export async function openShop({ redis: redisSettings, redisEnv }: ShopOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'badger-stress-'));
  const worker = join(folder, 'checkout-worker.js');
  const esbuild = ['--bundle', '--platform=node', '--target=node20', '--loader:.lua=text', '--loader:.sql=text'];
  await run(
    join(root, 'node_modules/.bin/esbuild'),
    [
      join(__dirname, 'workers/checkout-worker.ts'),
      ...esbuild,
      '--external:pg-native',
      '--log-level=error',
      `--outfile=${worker}`,
    ],
    { cwd: root },
  );
  const secretFile = join(folder, 'service-token-secrets');
  const pairs = ['checkout:inventory', 'inventory:checkout', 'inventory:gateway', 'checkout:gateway'];
  await writeFile(secretFile, pairs.map((pair) => `${pair} ${randomBytes(32).toString('base64url')}\n`).join(''));
  const signingKey = { kid: 'key', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  const jwks = { keys: [{ ...signingKey.publicKey.export({ format: 'jwk' }), kid: signingKey.kid }] };
  const gateway = await serveLocally((req, res) =>
    res.end(JSON.stringify(req.url?.startsWith('/internal') ? emptyRevocationPage() : jwks)),
  );

  const postgres = await startPostgresServer();
  const databases = await postgres.createDatabase('store', ['checkout', 'inventory']);
  await migrate({ url: toOwnerUrl(databases.checkout ?? ''), schema: checkoutSchema }, checkoutMigrations);
  const books = new Pool({ connectionString: new URL('/store', postgres.url).href, max: 4 });
  // The server ends the connections that wait when it stops.
  books.on('error', () => undefined);

  const redis = connectRedis(redisSettings, () => undefined);
  await redis.ready(30_000);

  const checkoutPorts: number[] = [];
  const inventoryPort = await freePort();
  const inventoryUrl = `http://127.0.0.1:${inventoryPort}`;
  const shared = {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'fatal',
    DRAIN_SECONDS: '0',
    ...redisEnv,
    JWKS_URL: gateway.url,
    GATEWAY_ADMIN_URL: gateway.url,
    SERVICE_TOKEN_SECRET_FILE: secretFile,
  };
  const firstCheckout = await freePort();
  const inventoryEnv = {
    ...shared,
    PORT: String(inventoryPort),
    DATABASE_URL: databases.inventory ?? '',
    CHECKOUT_URL: `http://127.0.0.1:${firstCheckout}`,
    RESERVATION_CHECK_SECONDS: '2',
  };
  await run(process.execPath, [inventoryProgram, 'migrate'], {
    env: { ...inventoryEnv, DATABASE_URL: toOwnerUrl(inventoryEnv.DATABASE_URL) },
  });
  const inventory = endWithThisProcess(
    spawn(process.execPath, [inventoryProgram], { env: inventoryEnv, stdio: 'inherit' }),
  );
  await untilReady('inventory', inventoryUrl);

  const processes = new Set<ChildProcess>();
  const startProcess = async (port: number) => {
    const env = {
      ...shared,
      PORT: String(port),
      DATABASE_URL: databases.checkout ?? '',
      INVENTORY_URL: inventoryUrl,
      FIRST_PARTY_ORIGINS: origin,
      PAYMENT_METHODS: 'test',
      PAYMENT_DEADLINE_SECONDS: '3',
      CHECKOUT_LEASE_SECONDS: String(leaseSeconds),
      CHECKOUT_UNKNOWN_MAX_SECONDS: '2',
    };
    const child = endWithThisProcess(
      fork(worker, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    );
    processes.add(child);
    await untilReady('checkout', `http://127.0.0.1:${port}`);
    return child;
  };

  return {
    books,
    async startCheckout(): Promise<CheckoutProcess> {
      const port = checkoutPorts.length === 0 ? firstCheckout : await freePort();
      checkoutPorts.push(port);
      let child = await startProcess(port);
      let reached = 0;
      let at: Stops | undefined;
      const listen = () =>
        child.on('message', (message: FromWorker) => {
          if ('reached' in message) reached += 1;
        });
      listen();
      const send = (message: ToWorker) => child.send(message);
      return {
        url: `http://127.0.0.1:${port}`,
        isWell: async () =>
          void (await Promise.all([
            untilReady('checkout', `http://127.0.0.1:${port}`),
            untilReady('inventory', inventoryUrl),
          ])),
        stopAt(stops) {
          reached = 0;
          at = stops;
          send(stops);
        },
        async reached(count) {
          const givesUpAt = performance.now() + busyMs;
          await until(
            `${count} checkouts wait at ${JSON.stringify(at?.stops)}`,
            () => reached >= count || (reached > 0 && performance.now() > givesUpAt),
            2 * busyMs,
          );
          return reached;
        },
        proceed: () => void send({ proceed: true }),
        async killAndRestart() {
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
          processes.delete(child);
          child = await startProcess(port);
          listen();
        },
      };
    },

    /** A guest, and an item with this stock that only this guest buys. */
    async newShopper(stock: number): Promise<Shopper> {
      const [id, item] = [`g-${randomBytes(16).toString('base64url')}`, `i-${randomUUID()}`];
      await books.query(
        `insert into inventory.items (id, name, description, category, price_amount, stock, picture_svg)
         values ($1, 'Thing', '', 'things', 250, $2, '<svg/>')`,
        [item, stock],
      );
      const scopes = new Set(['cart', 'orders:read', 'checkout']);
      const user = {
        id,
        kind: 'guest',
        sessionId: `s-${id}`,
        scopes,
        sessionVersion: 0,
        issuedAt: Math.floor(Date.now() / 1000),
      } as const;
      const headers = {
        authorization: `Bearer ${signAccessToken(user, signingKey, parties, 3600)}`,
        origin,
        'content-type': 'application/json',
      };
      const ask = async (url: string, method: string, body?: unknown, more = {}) => {
        try {
          const init = { method, headers: { ...headers, ...more }, body: JSON.stringify(body) };
          const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) });
          return { status: response.status, body: (await response.json()) as Record<string, unknown> };
        } catch {
          return { status: 0, body: {} };
        }
      };
      return {
        id,
        item,
        add: async (quantity) =>
          (await ask(`${inventoryUrl}/Cart/Item`, 'POST', { id: item, quantity })).status === 201,
        async cart() {
          let response = await ask(`${inventoryUrl}/Cart`, 'GET');
          // Redis is unavailable for a moment after a failover.
          await until('the cart can be read', async () => {
            if (response.status !== 200) response = await ask(`${inventoryUrl}/Cart`, 'GET');
            return response.status === 200;
          });
          return (response.body.cart as { quantity: number }[]).reduce((sum, { quantity }) => sum + quantity, 0);
        },
        pay: (checkoutUrl, token, key) =>
          ask(
            `${checkoutUrl}/Cart/checkout`,
            'PATCH',
            { payment: { method: 'test', token } },
            key === undefined ? {} : { 'idempotency-key': key },
          ),
      };
    },

    async close() {
      for (const child of [...processes, inventory]) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      await redis.close();
      await books.end();
      await postgres.stop();
      await gateway.close();
      await rm(folder, { recursive: true });
    },
  };
}
