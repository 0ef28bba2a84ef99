import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCarts } from '@badger-store/cart-cache';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import express from 'express';
import request from 'supertest';
import { TooManyAttemptsError, WrongCredentialsError } from './domain/identity-errors';
import { createRequestLimits } from './limits/request-limits';
import { createSignInLimits } from './limits/sign-in-limits';

const password = randomBytes(24).toString('base64url');
let folder: string;
let server: RedisServer;
let redis: RedisClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-acl-'));
  const rules = await readFile(join(__dirname, '../../../docker/redis/users.acl.example'), 'utf8');
  const aclFile = join(folder, 'users.acl');
  await writeFile(aclFile, rules.replaceAll(/#0{64}/g, `#${createHash('sha256').update(password).digest('hex')}`));
  server = await startRedisServer({ args: ['--aclfile', aclFile] });
  redis = connectRedis({ url: server.url, username: 'gateway', password }, () => undefined);
  await redis.ready(30_000);
});
afterAll(async () => {
  await redis.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

it('the gateway’s ACL user may count limits', async () => {
  const rejected: unknown[] = [];
  const run: RedisClient['run'] = (script, input) =>
    redis.run(script, input).catch((error: unknown) => {
      rejected.push(error);
      throw error;
    });
  const limits = createSignInLimits({ redis: { run } });
  const attempt = { email: 'badger@store.example', address: '10.0.0.1' };
  const guess = () => Promise.reject(new WrongCredentialsError());
  for (let n = 0; n < 10; n += 1) await expect(limits.attempt(attempt, guess)).rejects.toThrow(WrongCredentialsError);
  await expect(limits.attempt(attempt, guess)).rejects.toThrow(TooManyAttemptsError);
  expect(await limits.attempt({ sessionId: 's-1' }, () => Promise.resolve('right'))).toBe('right');
  const { auth } = createRequestLimits(
    { run },
    {
      RATE_LIMIT_ADDRESS_PER_MINUTE: 1,
      RATE_LIMIT_SESSION_PER_MINUTE: 1,
      RATE_LIMIT_API_KEY_PER_MINUTE: 1,
      RATE_LIMIT_AUTH_PER_MINUTE: 1,
    },
  );
  await request(express().use(auth)).get('/');
  expect(rejected).toEqual([]);
});

it('the gateway’s ACL user may merge carts', async () => {
  const carts = createCarts({ redis });
  await carts.merge('g-1', 'u-1');
  expect(await carts.get('g-1')).toEqual([]);
});
