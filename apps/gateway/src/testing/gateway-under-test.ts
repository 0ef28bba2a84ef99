import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@badger-store/postgres-kit';
import { openTestDatabase, toOwnerUrl, type TestDatabase } from '@badger-store/postgres-kit/testing';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { createLogger, loadConfig, signAccessToken, startService } from '@badger-store/service-kit';
import { scale, untilReady } from '@badger-store/test-kit';
import { Pool } from 'pg';
import { composeGateway } from '../compose';
import { configSchema } from '../config';
import { toSigningKey } from '../keys/key-file';
import { ensureDevelopmentKey } from '../keys/generate-keys';
import { gatewayMigrations } from '../postgres/migrations';
import { gatewaySchema } from '../postgres/tables';

export const ownOrigin = 'http://localhost:3000';

export interface ForwardedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Upstream {
  readonly url: string;
  /** Without health checks. */
  readonly received: ForwardedRequest[];
  /** Default 200 `{}`. */
  respond: (request: ForwardedRequest) => { status: number; body: unknown };
  close(): Promise<void>;
}

async function startUpstream(): Promise<Upstream> {
  const server: Server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    const request = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body };
    if (request.url !== '/livez') upstream.received.push(request);
    const { status, body: responseBody } = upstream.respond(request);
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(responseBody));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const upstream: Upstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    respond: ({ url }) => ({
      status: 200,
      body: url === '/internal/guest-migrations' ? { moved: 0, pending: false } : {},
    }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return upstream;
}

export interface GatewayUnderTest {
  readonly url: string;
  readonly port: number;
  readonly redis: RedisServer;
  readonly database: Pick<TestDatabase, 'superuserUrl'>;
  readonly databaseUrl: string;
  readonly upstream: Upstream;
  readonly keyFile: string;
  readonly env: NodeJS.ProcessEnv;
  /** Another replica, with the same Redis, PostgreSQL and keys unless `env` changes them. */
  replica(env?: NodeJS.ProcessEnv): Promise<{ url: string; port: number; stop(): Promise<void> }>;
  /** Runs a statement on the gateway's schema. */
  query(statement: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  /** An expired copy of a userToken. */
  expired(userToken: unknown): string;
  stop(): Promise<void>;
}

/** A gateway with a Redis and a database of its own, and one upstream as both services. */
export async function startGateway(env: NodeJS.ProcessEnv = {}): Promise<GatewayUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-spec-'));
  const [redis, database, upstream] = await Promise.all([
    startRedisServer(),
    openTestDatabase(['gateway']),
    startUpstream(),
  ]);
  const { gateway: databaseUrl = '' } = database.urls;
  await migrate({ url: toOwnerUrl(databaseUrl), schema: gatewaySchema }, gatewayMigrations);

  const keyFile = join(folder, 'user-token.pem');
  await ensureDevelopmentKey(keyFile);
  const secretFile = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const random = () => randomBytes(32).toString('base64url');
  const settings: NodeJS.ProcessEnv = {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DRAIN_SECONDS: '1',
    REDIS_URL: redis.url,
    DATABASE_URL: databaseUrl,
    INVENTORY_URL: upstream.url,
    CHECKOUT_URL: upstream.url,
    FIRST_PARTY_ORIGINS: ownOrigin,
    TRUSTED_PROXIES: '1',
    USER_TOKEN_PRIVATE_KEY_FILE: keyFile,
    REFRESH_TOKEN_SECRET_FILE: secretFile('refresh', random()),
    DEVICE_COOKIE_SECRET_FILE: secretFile('devices', random()),
    SERVICE_TOKEN_SECRET_FILE: secretFile(
      'services',
      ['gateway:checkout', 'inventory:gateway', 'checkout:gateway'].map((pair) => `${pair} ${random()}\n`).join(''),
    ),
    RATE_LIMIT_AUTH_PER_MINUTE: '100000',
    ...env,
  };
  const replica = async (more: NodeJS.ProcessEnv = {}) => {
    const config = loadConfig(configSchema, { ...settings, ...more });
    const { port, stop } = await startService(composeGateway(config, createLogger('spec', config.LOG_LEVEL)));
    const url = `http://127.0.0.1:${port}`;
    const without = [
      ...(more.DATABASE_URL ? ['postgres', 'revocations'] : []),
      ...(more.INVENTORY_URL ? ['inventory'] : []),
    ];
    await untilReady('gateway', url, { without });
    return { url, port, stop };
  };
  const first = await replica();
  const pool = new Pool({
    connectionString: toOwnerUrl(databaseUrl),
    options: `-c search_path=${gatewaySchema}`,
    max: 2,
  });
  pool.on('error', () => undefined);

  return {
    url: first.url,
    port: first.port,
    redis,
    database,
    databaseUrl,
    upstream,
    keyFile,
    env: settings,
    replica,
    query: async (statement, parameters) => (await pool.query<Record<string, unknown>>(statement, parameters)).rows,
    expired(userToken) {
      const { sub = '', sid, kind, scope, sv } = decodeClaims(userToken) as Record<string, string>;
      const user = { id: sub, sessionId: sid, kind, scopes: new Set(scope?.split(' ')), sessionVersion: sv };
      const issuedAt = Math.floor(Date.now() / 1000) - 1000;
      const parties = { issuer: 'badger-store', audience: 'badger-store' };
      return signAccessToken({ ...user, issuedAt } as never, toSigningKey(readFileSync(keyFile, 'utf8')), parties, 600);
    },
    async stop() {
      await pool.end();
      await first.stop();
      await Promise.all([redis.stop(), database.drop(), upstream.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & {
    userToken?: string;
    refreshToken?: string;
    user?: { id: string; kind: string; email?: string };
    guest?: { migrated: boolean; reason?: string };
    clampedLines?: { id: string; requested: number; quantity: number }[];
  };
}

/** A new address for each request, so that no limit by address applies. */
let clients = 0;
const newAddress = () => `10.${(clients += 1) >> 16}.${(clients >> 8) & 255}.${clients & 255}`;

export interface RequestOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly timeoutMs?: number;
}

/** Sends a request as through a trusted proxy. */
export async function send(
  url: string,
  method: string,
  path: string,
  { body, token, headers = {}, timeoutMs = 10_000 }: RequestOptions = {},
): Promise<GatewayResponse> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      'x-forwarded-for': newAddress(),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as GatewayResponse['body']) : {},
  };
}

export const races = scale(5, 200);

/** Does not check the signature. */
export const decodeClaims = (token: unknown): Record<string, unknown> =>
  JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
