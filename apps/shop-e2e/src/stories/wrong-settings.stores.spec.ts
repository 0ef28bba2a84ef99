import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { endWithThisProcess, freePort, until } from '@badger-store/test-kit';
import { runProgram } from '../support/program';

const folder = mkdtempSync(join(tmpdir(), 'badger-wrong-settings-'));
const secretFile = join(folder, 'service-token-secrets');
const random = () => randomBytes(32).toString('base64url');
const names = ['checkout:inventory', 'inventory:checkout', 'inventory:gateway'];
writeFileSync(secretFile, names.map((name) => `${name} ${random()}\n`).join(''));
afterAll(() => rmSync(folder, { recursive: true }));

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedisServer({ args: ['--maxmemory-policy', 'allkeys-lru'] });
});
afterAll(() => redis.stop());

/** Nothing listens where PostgreSQL should be: a service starts all the same. */
const settings = async (): Promise<NodeJS.ProcessEnv> => ({
  REDIS_URL: redis.url,
  DATABASE_URL: `postgres://inventory:${random()}@127.0.0.1:${await freePort()}/badger_store`,
  CHECKOUT_URL: 'http://127.0.0.1:1',
  JWKS_URL: 'http://127.0.0.1:1/.well-known/jwks.json',
  GATEWAY_ADMIN_URL: 'http://127.0.0.1:1',
  SERVICE_TOKEN_SECRET_FILE: secretFile,
  HOST: '127.0.0.1',
  PORT: '0',
});
const refusal = async (env: NodeJS.ProcessEnv) =>
  runProgram('inventory', [], { ...(await settings()), ...env }).then(
    () => 'it did not refuse',
    (error: { code: number; stdout: string; stderr: string }) => `${error.code} ${error.stdout}${error.stderr}`,
  );

describe('a service does not start, and says why in one line,', () => {
  it('when Redis evicts carts', async () => {
    expect(await refusal({})).toMatch(/^1 .*maxmemory-policy allkeys-lru, .* Set it to noeviction\./s);
  });

  it('when Redis does not have the database', async () => {
    expect(await refusal({ REDIS_URL: `${redis.url}/99` })).toMatch(/^1 .*refuses database 99/s);
  });

  it('when Redis has no append-only file in production', async () => {
    const forgetful = await startRedisServer();
    const said = await refusal({ REDIS_URL: forgetful.url, NODE_ENV: 'production' });
    await forgetful.stop();
    expect(said).toMatch(/^1 .*no append-only file/s);
  });

  it('when a setting is wrong, without the value of the setting', async () => {
    const said = await refusal({ CHECKOUT_URL: 'http://me:hunter2@127.0.0.1:1' });
    expect(said).toMatch(/^1 inventory: setting CHECKOUT_URL: .+\n$/);
    expect(said).not.toContain('hunter2');
  });
});

it('a service that runs goes on, and its readiness tells, when Redis is found wrong on a later connection', async () => {
  const [port, own] = [await freePort(), await freePort()];
  const first = await startRedisServer({ port });
  const env = { ...process.env, NODE_ENV: 'development', LOG_LEVEL: 'silent', ...(await settings()) };
  const program = resolve(__dirname, '../../../../dist/apps/inventory/main.js');
  const service = endWithThisProcess(
    spawn(process.execPath, [program], { env: { ...env, REDIS_URL: first.url, PORT: String(own) } }),
  );
  const exited = once(service, 'exit');
  const readiness = async () =>
    (await (await fetch(`http://127.0.0.1:${own}/readyz`)).json()) as { dependencies: object; warnings?: string[] };
  const warns = (text: RegExp) =>
    readiness().then(
      ({ warnings = [] }) => warnings.some((warning) => text.test(warning)),
      () => false,
    );

  await until('it serves', () => warns(/append-only/));
  await first.stop();
  const second = await startRedisServer({ port, args: ['--maxmemory-policy', 'volatile-lru'] });
  await until('it tells', () => warns(/maxmemory-policy volatile-lru/));
  expect(await readiness()).toMatchObject({ status: 'serving', dependencies: { redis: 'up' } });
  service.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  await second.stop();
});
