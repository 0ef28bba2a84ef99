import { generateKeyPairSync } from 'node:crypto';
import { connectPostgres, migrate, type Postgres } from '@badger-store/postgres-kit';
import { openTestDatabase, toOwnerUrl, type TestDatabase } from '@badger-store/postgres-kit/testing';
import {
  assembleService,
  createLogger,
  createServiceClient,
  signServiceToken,
  followRemoteRevocations,
  hashSessionId,
  signAccessToken,
  type RevocationFollower,
} from '@badger-store/service-kit';
import { serveLocally, until, type LocalServer } from '@badger-store/test-kit';
import { Router } from 'express';
import { Client } from 'pg';
import request from 'supertest';
import { gatewayMigrations } from '../postgres/migrations';
import { createRecentRevocations } from '../postgres/recent-revocations';
import { gatewaySchema, type GatewayTables } from '../postgres/tables';
import { revocationsRoutes } from './revocations.routes';

const path = '/internal/revocations';
const log = createLogger('spec', 'silent');
const secrets = new Map(
  ['inventory:gateway', 'checkout:gateway', 'newcomer:gateway', 'gateway:checkout', 'checkout:inventory'].map(
    (pair): [string, [string]] => [pair, [pair.padEnd(32, '-')]],
  ),
);
const signFor = (caller: string, callee = 'gateway') => signServiceToken(secrets, caller, callee);

let database: TestDatabase;
let postgres: Postgres<GatewayTables>;
let admin: LocalServer;
let main: LocalServer;
const followers: RevocationFollower[] = [];
beforeAll(async () => {
  database = await openTestDatabase(['gateway']);
  const { gateway: url = '' } = database.urls;
  await migrate({ url: toOwnerUrl(url), schema: gatewaySchema }, gatewayMigrations);
  const settings = { url, schema: gatewaySchema, applicationName: 'spec', statementTimeoutMs: 500 };
  postgres = connectPostgres<GatewayTables>(settings, () => undefined);
  const service = assembleService({ PORT: 0, ADMIN_PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 }, log, {
    routes: Router(),
    adminRoutes: revocationsRoutes(createRecentRevocations(postgres.db).read, secrets),
    checks: {},
    close: () => Promise.resolve(),
  });
  [admin, main] = await Promise.all([serveLocally(service.admin), serveLocally(service.app)]);
});
afterAll(async () => {
  for (const follower of followers) follower.close();
  await Promise.all([admin.close(), main.close()]);
  await postgres.close();
  await database.drop();
});

const ask = (token: string | undefined, query = '') => {
  const asked = request(admin.url).get(path + query);
  return token === undefined ? asked : asked.set('Authorization', `Bearer ${token}`);
};
const revoke = (target: string) =>
  postgres.db
    .insertInto('revocations')
    .values({ kind: 'session', target, session_version: null, kept_session: null })
    .execute();
const follow = (urls: readonly string[]) => {
  const callGateway = createServiceClient({ name: 'gateway', urls, token: () => signFor('checkout') });
  const follower = followRemoteRevocations(callGateway, log);
  followers.push(follower);
  return follower;
};
const holder = (sessionId: string) => ({
  id: 'u-1',
  sessionId,
  sessionVersion: 1,
  apiKeyId: undefined,
  issuedAt: Math.floor(Date.now() / 1000),
});
const userToken = () => {
  const user = { ...holder('s-user'), kind: 'user' as const, scopes: new Set(['cart']) };
  const key = { kid: 'key', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  return signAccessToken(user, key, { issuer: 'checkout', audience: 'gateway' }, 600);
};

it.each(['inventory', 'checkout', 'newcomer'])('the revocations are sent to %s with no-store', async (caller) => {
  await revoke(`s-${caller}`);
  const res = await ask(signFor(caller));
  expect(res.status).toBe(200);
  expect(res.get('cache-control')).toBe('no-store');
  const hash = hashSessionId(`s-${caller}`);
  expect(Buffer.from(res.body.sessions, 'base64').includes(hash)).toBe(true);
  expect(Date.parse(res.body.completeUntil)).not.toBeNaN();
});

it.each([
  ['no token', () => undefined],
  ['a token of the gateway for another service', () => signFor('gateway', 'checkout')],
  ['a token of a service for another service', () => signFor('checkout', 'inventory')],
  ['a userToken', userToken],
])('the revocations route responds 401 to %s', async (_what, token) => {
  const res = await ask(token());
  expect(res.status).toBe(401);
  expect(res.body.sessions).toBeUndefined();
});

it('the revocations are served on the admin port only', async () => {
  const res = await request(main.url)
    .get(path)
    .set('Authorization', `Bearer ${signFor('checkout')}`);
  expect(res.status).toBe(404);
});

it.each(['1', '1.0', '1.1.', 'x.0.0', '1.0.0.0', `1.${'9'.repeat(20)}.0`, "1.1.0';--"])(
  'the revocations route responds 400 to the cursor %s',
  async (after) => {
    const res = await ask(signFor('checkout'), `?after=${encodeURIComponent(after)}`);
    expect(res.status).toBe(400);
  },
);

it('a service refuses a session that was revoked since its last poll', async () => {
  const revocations = follow([admin.url]);
  await until('it is fresh', () => !revocations.isStale());
  expect(revocations.isRevoked(holder('s-1'))).toBe(false);
  await revoke('s-1');
  await until('it is refused', () => revocations.isRevoked(holder('s-1')));
});

it('a service reads revocations when one of two gateways is down', async () => {
  const gone = await serveLocally(() => undefined);
  await gone.close();
  const revocations = follow([gone.url, admin.url]);
  await until('it is fresh', () => !revocations.isStale());
});

it('a service becomes stale when the gateway can’t read PostgreSQL, and recovers', async () => {
  const revocations = follow([admin.url]);
  await revoke('s-2');
  await until('it is refused', () => revocations.isRevoked(holder('s-2')));
  const blocker = new Client({ connectionString: database.superuserUrl });
  await blocker.connect();
  await blocker.query('begin; lock table gateway.revocations');
  try {
    await until('it is stale', () => revocations.isStale());
    expect((await ask(signFor('checkout'))).status).toBe(503);
    expect(revocations.isRevoked(holder('s-2'))).toBe(true);
  } finally {
    await blocker.end();
  }
  await until('it is fresh again', () => !revocations.isStale());
});
