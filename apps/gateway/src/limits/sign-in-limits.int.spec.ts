import { connectRedis, RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { scale, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import { WrongCredentialsError } from '../domain/identity-errors';
import type { SignInAttempt, SignInLimits } from '../domain/sign-in';
import { createSignInLimits, type SignInLimitsOptions } from './sign-in-limits';

let server: RedisServer;
let redis: RedisClient;
beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ url: server.url }, () => undefined);
  await redis.ready(30_000);
});
afterAll(async () => {
  await redis.close();
  await server.stop();
});
// Windows begin at full hours, which must not happen within a test.
beforeEach(() => void startClock());
afterEach(() => void jest.restoreAllMocks());

const minute = 60_000;
const hour = 60 * minute;
const unavailable: Pick<RedisClient, 'run'> = {
  run: () => Promise.reject(new RedisUnavailableError('unavailable', false)),
};
/** Attempts do not wait for permits. */
const limitsWith = (options: Partial<SignInLimitsOptions> = {}) =>
  createSignInLimits({ redis, queue: { maxWaitMs: 0 }, ...options });
let last = 0;
const newEmail = () => `badger-${(last += 1)}@store.example`;
const newAddress = () => `10.1.${(last += 1) >> 8}.${last & 255}`;
const newAttempt = () => ({ email: newEmail(), address: newAddress() });
const times = (count: number) => Array.from({ length: count }, (_, n) => n);

/** `wrong` or `right` where the password was checked, else the code of the error. */
const toOutcome = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'right',
    (error: Error & { code?: string }) => (error instanceof WrongCredentialsError ? 'wrong' : String(error.code)),
  );
const guess = (limits: SignInLimits, attempt: SignInAttempt) =>
  toOutcome(limits.attempt(attempt, () => Promise.reject(new WrongCredentialsError())));
const enter = (limits: SignInLimits, attempt: SignInAttempt) =>
  toOutcome(limits.attempt(attempt, () => Promise.resolve()));
const guesses = async (limits: SignInLimits, attempt: SignInAttempt, count: number) => {
  let checked = 0;
  for (let n = 0; n < count; n += 1) if ((await guess(limits, attempt)) === 'wrong') checked += 1;
  return checked;
};
/** A clock of the gateway that begins with a window of six hours. */
function startClock() {
  let now = Math.ceil(Date.now() / (6 * hour)) * 6 * hour;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  return { pass: (ms: number) => void (now += ms) };
}
/** A check that runs until `finish` is called. */
function openCheck() {
  let begin!: () => void;
  let finish!: (error?: Error) => void;
  const hasStarted = new Promise<void>((resolve) => (begin = resolve));
  const check = () =>
    new Promise<void>((resolve, reject) => {
      begin();
      finish = (error) => (error ? reject(error) : resolve());
    });
  return { check, hasStarted, finish: (error?: Error) => finish(error) };
}

describe('limit of an account at an address', () => {
  it('an attacker who guesses for six hours never makes the owner at another address wait', async () => {
    const clock = startClock();
    const gateways = [limitsWith(), limitsWith()] as const;
    const attacker = newAttempt();
    const intervalSeconds = scale(25, 1);
    let checked = 0;
    const entered: string[] = [];
    for (let second = intervalSeconds; second <= 6 * 3600; second += intervalSeconds) {
      if ((await guess(gateways[second % 2 ? 0 : 1], attacker)) === 'wrong') checked += 1;
      if (second % 600 === 0) entered.push(await enter(gateways[0], { ...attacker, address: newAddress() }));
      clock.pass(intervalSeconds * 1000);
    }
    expect(checked).toBe(60);
    expect(entered).toEqual(times(36).map(() => 'right'));
  });

  it('a success clears the failures of the account at its address', async () => {
    const limits = limitsWith();
    const attempt = newAttempt();
    for (let n = 0; n < 3; n += 1) {
      expect(await guesses(limits, attempt, 9)).toBe(9);
      expect(await enter(limits, attempt)).toBe('right');
    }
    expect(await guesses(limits, { ...attempt, address: newAddress() }, 20)).toBe(10);
  });
});

describe('limit of an address', () => {
  it('the limit of an address counts failures at all accounts, and a success releases its own permit only', async () => {
    const limits = limitsWith();
    const { email: own, address } = newAttempt();
    let checked = 0;
    for (const n of times(60)) {
      if ((await guess(limits, { email: newEmail(), address })) === 'wrong') checked += 1;
      if (n < 30) await enter(limits, { email: own, address });
    }
    expect(checked).toBe(30);
  });

  it('the addresses of one IPv6 network share the limit of an address', async () => {
    const limits = limitsWith();
    const network = `2001:db8:${(last += 1).toString(16)}`;
    for (const n of times(30))
      expect(await guess(limits, { email: newEmail(), address: `${network}:1::${n}` })).toBe('wrong');
    expect(await enter(limits, { email: newEmail(), address: `${network}:2::9` })).toBe('TOO_MANY_ATTEMPTS');
    expect(await enter(limits, { email: newEmail(), address: '2001:db9::1' })).toBe('right');
  });
});

describe('limit of an account', () => {
  it('one attempt in 10 s is permitted over all gateways when a hundred attempts on an account failed', async () => {
    const email = newEmail();
    const gateways = [limitsWith(), limitsWith()] as const;
    const tries = await Promise.all(
      times(130).map((n) => guess(gateways[n % 2 ? 0 : 1], { email, address: newAddress() })),
    );
    expect(tries.filter((outcome) => outcome === 'wrong').length).toBeLessThanOrEqual(101);
    // All permits that two gateways acquired at once have been released.
    for (const n of times(20)) await guess(gateways[n % 2 ? 0 : 1], { email, address: newAddress() });
    const keys = await findKeys('limit:login:account:trickle:*');
    expect(keys).toHaveLength(1);
    expect(await enter(gateways[0], { email, address: newAddress() })).toBe('TOO_MANY_ATTEMPTS');
    expect(await enter(gateways[1], { email, address: newAddress(), deviceId: 'known' })).toBe('right');
    await del(keys);
    expect(await enter(limitsWith(), { email, address: newAddress() })).toBe('right');
    expect(await enter(limitsWith(), { email, address: newAddress() })).toBe('TOO_MANY_ATTEMPTS');
  });
});

describe('limit of a device', () => {
  it('a device counts as unknown when ten attempts on it failed', async () => {
    const limits = limitsWith();
    const attempt = { ...newAttempt(), deviceId: 'stolen' };
    expect(await guesses(limits, attempt, 40)).toBe(20);
    expect(await enter(limits, { ...attempt, deviceId: 'another' })).toBe('right');
  });
});

describe('limit of a session', () => {
  it('the limit of a session applies to its own password changes only', async () => {
    const limits = limitsWith();
    expect(await guesses(limits, { sessionId: 's-stolen' }, 40)).toBe(10);
    expect(await enter(limits, { sessionId: 's-own' })).toBe('right');
  });
});

describe('permits', () => {
  it('a permit is released when the check fails for another reason than the password', async () => {
    const limits = limitsWith();
    const attempt = newAttempt();
    const busy = () =>
      toOutcome(limits.attempt(attempt, () => Promise.reject(Object.assign(new Error(), { code: 'BUSY' }))));
    for (let n = 0; n < 50; n += 1) expect(await busy()).toBe('BUSY');
    expect(await guesses(limits, attempt, 20)).toBe(10);
  });

  it('an attempt waits for a permit that attempts in flight hold, at this gateway or another', async () => {
    const attempt = newAttempt();
    const run = jest.fn(redis.run.bind(redis)) as unknown as RedisClient['run'];
    const [here, elsewhere] = [createSignInLimits({ redis }), createSignInLimits({ redis: { run } })];
    const checks = times(10).map(openCheck);
    const running = checks.map(({ check }) => here.attempt(attempt, check));
    await Promise.all(checks.map(({ hasStarted }) => hasStarted));
    let entered = 0;
    const waiting = [here, elsewhere].map((gateway) => enter(gateway, attempt).finally(() => (entered += 1)));
    await until('the other gateway has asked several times', () => jest.mocked(run).mock.calls.length > 20);
    expect(entered).toBe(0);
    for (const { finish } of checks) finish();
    expect(await Promise.all(waiting)).toEqual(['right', 'right']);
    await Promise.all(running);
  });

  it('a bounded number of attempts waits for a permit', async () => {
    const limits = createSignInLimits({ redis, queue: { maxWaitMs: 60_000, maxWaitingPerKey: 3 } });
    const attempt = newAttempt();
    const checks = times(10).map(openCheck);
    const running = checks.map(({ check }) => toOutcome(limits.attempt(attempt, check)));
    await Promise.all(checks.map(({ hasStarted }) => hasStarted));
    let refused = 0;
    const waiting = times(8).map(() => enter(limits, attempt).finally(() => (refused += 1)));
    await until('the others are refused', () => refused === 5);
    for (const { finish } of checks) finish(new WrongCredentialsError());
    expect(await Promise.all(waiting)).toEqual(times(8).map(() => 'TOO_MANY_ATTEMPTS'));
    expect(await Promise.all(running)).toEqual(times(10).map(() => 'wrong'));
  });

  it('a permit that is released after its window does not raise the limit of the next one', async () => {
    const clock = startClock();
    const limits = limitsWith();
    const attempt = newAttempt();
    const checks = times(10).map(openCheck);
    const running = checks.map(({ check }) => limits.attempt(attempt, check));
    await Promise.all(checks.map(({ hasStarted }) => hasStarted));
    clock.pass(hour);
    expect(await guess(limits, attempt)).toBe('wrong');
    for (const { finish } of checks) finish();
    await Promise.all(running);
    expect(await guesses(limits, attempt, 20)).toBe(9);
  });
});

describe('limits without Redis', () => {
  it('sign-in limits include the attempts before an outage when Redis becomes unavailable', async () => {
    let isUnavailable = false;
    const run: RedisClient['run'] = (script, input) => (isUnavailable ? unavailable : redis).run(script, input);
    const limits = limitsWith({ redis: { run } });
    const attempt = newAttempt();
    expect(await guesses(limits, attempt, 6)).toBe(6);
    isUnavailable = true;
    expect(await guesses(limits, attempt, 20)).toBe(4);
    expect(await enter(limits, newAttempt())).toBe('right');
    isUnavailable = false;
    expect(await guesses(limits, attempt, 20)).toBe(0);
  });

  it('sign-in limits keep a bounded number of keys in memory', async () => {
    const limits = limitsWith({ redis: unavailable });
    const first = { sessionId: 'first' };
    expect(await guesses(limits, first, 20)).toBe(10);
    for (const n of times(20_000)) await guess(limits, { sessionId: `s-${n}` });
    expect(await guesses(limits, first, 20)).toBe(10);
  });
});

it('sign-in limits store no email and no address in Redis', async () => {
  await del(await findKeys('*'));
  await guess(limitsWith(), { email: 'brock@store.example', address: '10.4.0.1' });
  const keys = await findKeys('*');
  expect(keys).toHaveLength(6);
  for (const key of keys) {
    expect(key).toMatch(/^limit:login:(account|address|account-address)(:failed)?:\d+:[\w-]{22}$/);
  }
});

async function withRedis<Result>(use: (client: Redis) => Promise<Result>): Promise<Result> {
  const client = new Redis(server.url);
  return use(client).finally(() => client.disconnect());
}
const findKeys = (pattern: string) => withRedis((client) => client.keys(pattern));
const del = (keys: string[]) => withRedis((client) => client.del(...keys));
