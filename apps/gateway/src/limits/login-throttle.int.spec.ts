import { connectRedis, RedisUnavailableError, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import type { LoginThrottle } from '../domain/sign-in';
import { createLoginThrottle } from './login-throttle';

let server: RedisServer;
let redis: RedisClient;
beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ url: server.url }, () => undefined);
  await redis.ready(5000);
});
afterAll(async () => {
  await redis.close();
  await server.stop();
});

const slow = { freeFailures: 3, firstDelayMs: 60_000, longestDelayMs: 3_600_000, lifeMs: 3_600_000 };
const generous = { ...slow, freeFailures: 1000 };
let last = 0;
const someone = () => ({ account: `a${(last += 1)}@store.example`, address: `10.0.0.${last}` });
const passes = async (throttle: LoginThrottle, keys: { account: string; address: string }) =>
  (await throttle.attempt(keys)).retryAfterMs === 0;

const command = <Reply>(...args: string[]): Promise<Reply> =>
  redis.run(
    {
      ...{ name: 'command', lua: 'return redis.call(unpack(ARGV))', changes: false },
      encode: (given: string[]) => ({ keys: [], args: given }),
      decode: (reply) => reply as Reply,
    },
    args,
  );
const flush = () => command('FLUSHALL');

describe('attempts to sign in', () => {
  it('fifty at once at one account, over two gateways: as many pass as are free', async () => {
    const gateways = [1, 2].map(() => createLoginThrottle({ redis, account: slow, address: generous }));
    const keys = someone();
    const passed = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        passes(gateways[n % 2] as LoginThrottle, { ...keys, address: `10.1.0.${n}` }),
      ),
    );
    expect(passed.filter(Boolean)).toHaveLength(3);
  });

  it('wait longer with each failure, up to a cap', async () => {
    const rule = { freeFailures: 1, firstDelayMs: 1, longestDelayMs: 8, lifeMs: 3_600_000 };
    const throttle = createLoginThrottle({ redis, account: rule, address: generous });
    const keys = someone();
    let longest = 0;
    for (let counted = 0; counted < 8;) {
      const { retryAfterMs } = await throttle.attempt(keys);
      if (retryAfterMs === 0) counted += 1;
      longest = Math.max(longest, retryAfterMs);
    }
    expect(longest).toBeGreaterThan(2);
    expect(longest).toBeLessThanOrEqual(8);
  });

  it('that succeed forget the account’s failures, and of the address’s take back their own alone', async () => {
    const throttle = createLoginThrottle({ redis, account: slow, address: slow });
    const mine = someone();
    for (let n = 0; n < 5; n += 1) {
      expect(await passes(throttle, mine)).toBe(true);
      await throttle.succeeded(mine);
    }
    const { address } = mine;
    expect(await passes(throttle, { account: someone().account, address })).toBe(true);
    expect(await passes(throttle, { account: someone().account, address })).toBe(true);
    expect(await passes(throttle, mine)).toBe(true);
    await throttle.succeeded(mine);
    expect(await passes(throttle, { account: someone().account, address })).toBe(true);
    expect(await passes(throttle, { account: someone().account, address })).toBe(false);
    expect(await passes(throttle, mine)).toBe(false);
  });

  it('from one network of IPv6 count together', async () => {
    const throttle = createLoginThrottle({ redis, account: generous, address: slow });
    for (let n = 0; n < 3; n += 1) {
      expect(await passes(throttle, { account: someone().account, address: `2001:db8:1:2::${n}` })).toBe(true);
    }
    expect(await passes(throttle, { account: someone().account, address: '2001:db8:1:3::9' })).toBe(false);
    expect(await passes(throttle, { account: someone().account, address: '2001:db9::1' })).toBe(true);
  });

  it('are remembered here when Redis has lost its data', async () => {
    const throttle = createLoginThrottle({ redis, account: slow, address: generous });
    const keys = someone();
    for (let n = 0; n < 3; n += 1) await throttle.attempt(keys);
    await flush();
    expect(await passes(throttle, keys)).toBe(false);
  });

  it('are remembered here however many came at once', async () => {
    const throttle = createLoginThrottle({ redis, account: slow, address: generous });
    const keys = someone();
    const passed = await Promise.all(Array.from({ length: 50 }, () => passes(throttle, keys)));
    expect(passed.filter(Boolean)).toHaveLength(3);
    await flush();
    const again = await Promise.all(Array.from({ length: 50 }, () => passes(throttle, keys)));
    expect(again.filter(Boolean)).toHaveLength(0);
  });

  it('that an account refuses are not counted against the address', async () => {
    const [here, elsewhere] = [1, 2].map(() => createLoginThrottle({ redis, account: slow, address: slow }));
    const keys = someone();
    for (let n = 0; n < 3; n += 1) await elsewhere?.attempt({ ...keys, address: '10.3.0.1' });
    for (let n = 0; n < 20; n += 1) expect(await passes(here as LoginThrottle, keys)).toBe(false);
    for (let n = 0; n < 3; n += 1) {
      expect(await passes(here as LoginThrottle, { account: someone().account, address: keys.address })).toBe(true);
    }
  });

  it('that succeed do not keep the failures of others alive', async () => {
    await flush();
    const throttle = createLoginThrottle({ redis, account: generous, address: slow });
    const keys = someone();
    await throttle.attempt({ ...keys, account: someone().account });
    const [key = ''] = await command<string[]>('KEYS', 'limit:login:address:*');
    await command('PEXPIRE', key, '50000');
    await throttle.attempt(keys);
    await throttle.succeeded(keys);
    expect(await command('PTTL', key)).toBeGreaterThan(0);
    expect(await command('PTTL', key)).toBeLessThanOrEqual(50_000);
    expect(await command('HGET', key, 'failures')).toBe('1');
  });

  it('that Redis could not be asked about are not counted here', async () => {
    let isAway = true;
    const run: RedisClient['run'] = (script, input) =>
      isAway ? Promise.reject(new RedisUnavailableError('away', false)) : redis.run(script, input);
    const throttle = createLoginThrottle({ redis: { run }, account: slow, address: slow });
    const keys = someone();
    for (let n = 0; n < 10; n += 1) await expect(throttle.attempt(keys)).rejects.toThrow('away');
    isAway = false;
    expect(await passes(throttle, keys)).toBe(true);
  });

  it('keep no email and no address in Redis', async () => {
    await flush();
    await createLoginThrottle({ redis }).attempt({ account: 'brock@store.example', address: '10.4.0.1' });
    const names = await command<string[]>('KEYS', '*');
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^limit:login:(account|address):[\w-]{43}$/);
  });

  it('are not heard while Redis is away', async () => {
    const away = connectRedis({ url: 'redis://127.0.0.1:1' }, () => undefined);
    const throttle = createLoginThrottle({ redis: away });
    await expect(throttle.attempt(someone())).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await away.close();
  });
});
