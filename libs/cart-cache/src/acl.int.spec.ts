import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, type RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { Redis } from 'ioredis';
import { toCartKeys } from './cart-keys';
import { createCarts, type Carts, type CheckoutRecord } from './index';

const rulesFile = join(__dirname, '../../../docker/redis/users.acl.example');
const password = randomBytes(24).toString('base64url');
const hash = createHash('sha256').update(password).digest('hex');

let folder: string;
let server: RedisServer;
let client: RedisClient;
let cache: Carts;
let asCart: Redis;
let rules: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'badger-acl-'));
  rules = await readFile(rulesFile, 'utf8');
  const aclFile = join(folder, 'users.acl');
  await writeFile(aclFile, rules.replaceAll(/#0{64}/g, `#${hash}`));
  server = await startRedisServer({ args: ['--aclfile', aclFile] });
  client = connectRedis({ url: server.url, username: 'cart', password, connectionName: 'spec' }, () => undefined);
  await client.ready(30_000);
  cache = createCarts({ redis: client });
  asCart = new Redis(server.url, { username: 'cart', password, disableClientInfo: true });
});

afterAll(async () => {
  await client.close();
  asCart.disconnect();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the ACL user of the cart services', () => {
  it('may do all that the cart cache does', async () => {
    const token = randomUUID();
    await cache.set(token, [{ id: 'a', quantity: 2 }]);
    await cache.add(token, 'b', 1, { idempotencyKey: 'once' });
    await cache.add(token, 'b', 1, { idempotencyKey: 'once' });
    expect(await cache.addQuantity(token, 'b', 2)).toBe(3);
    await cache.setLine(token, 'b', { quantity: 5 });
    await cache.remove(token, 'a');
    expect(await cache.get(token)).toEqual([{ id: 'b', quantity: 5 }]);

    const other = randomUUID();
    await cache.add(other, 'c');
    expect((await cache.merge(other, token)).cart.lines).toHaveLength(2);

    const rejected = { outcome: 'rejected', reason: 'declined' } as const;
    expect(await cache.checkout(token, () => Promise.resolve(rejected))).toEqual(rejected);
    const fail = () => Promise.reject(new Error('no response'));
    expect(await cache.checkout(token, fail)).toMatchObject({ outcome: 'unknown' });
    await cache.setLine(token, 'b', { quantity: 4 });
    let record!: CheckoutRecord;
    await cache.checkout(token, async (lines, checkoutId, { cartVersion }) => {
      await cache.add(token, 'd');
      record = { lines, checkoutId, cartVersion };
      return { outcome: 'completed', result: undefined };
    });
    await cache.completeCheckout(token, record);
    expect((await cache.get(token)).map(({ id }) => id)).toContain('d');
    await cache.clear(token);
    expect(await cache.get(token)).toEqual([]);
    await client.ping();
  });

  it('has the commands that the scripts call, and no more of those for data', async () => {
    const lua = join(__dirname, 'lua');
    const scripts = await Promise.all((await readdir(lua)).map((name) => readFile(join(lua, name), 'utf8')));
    const called = scripts.join('\n').matchAll(/redis\.p?call\('(\w+)'/g);
    const forConnection = ['ping', 'info', 'time', 'client|setname', 'cluster|slots', 'asking', 'evalsha', 'eval'];
    const allowed = rules.match(/^user cart .*$/m)?.[0].match(/(?<= \+)\S+/g) ?? [];
    const needed = new Set([...forConnection, ...[...called].map(([, command = '']) => command.toLowerCase())]);
    expect([...allowed].sort()).toEqual([...needed].sort());
  });

  it.each([
    ['KEYS', '*'],
    ['SCAN', '0'],
    ['FLUSHALL'],
    ['CONFIG', 'GET', '*'],
    ['ACL', 'LIST'],
    ['CLIENT', 'LIST'],
    ['SHUTDOWN'],
    ['MONITOR'],
    ['GET', 'x_cart'],
    ['HGETALL', 'session:1'],
    ['HGETALL', 'x_cart'],
    ['HGETALL', '{x}_carton'],
    ['SCRIPT', 'FLUSH'],
    ['PUBLISH', 'x', 'y'],
    ['EVAL', "return redis.call('HGETALL', KEYS[1])", '1', 'session:1'],
    ['EVAL', "return redis.call('GET', KEYS[1])", '1', toCartKeys('', 'x').cart],
    ['EVAL', "return redis.call('KEYS', '*')", '0'],
  ])('may not %s %s', async (command, ...args) => {
    await expect(asCart.call(command, ...args)).rejects.toThrow(
      /^NOPERM|can't run this command|can't access|ACL failure in script/,
    );
  });

  it('is the only way in, with its own password', async () => {
    const stranger = new Redis(server.url, { lazyConnect: true, disableClientInfo: true, retryStrategy: () => null });
    stranger.on('error', () => undefined);
    await expect(stranger.connect().then(() => stranger.get('x'))).rejects.toThrow(/NOAUTH|closed/);
  });
});

describe('the ACL user of the gateway', () => {
  it('has its own keys, and changes carts in no other way than merging them', async () => {
    const gateway = new Redis(server.url, { username: 'gateway', password, disableClientInfo: true });
    await gateway.set('limit:x', 'x', 'PX', 1000);
    expect(await gateway.get('limit:x')).toBe('x');
    await expect(gateway.get('session:1')).rejects.toThrow('NOPERM');
    expect(await gateway.eval("return redis.call('INCR', KEYS[1])", 1, 'limit:login:1')).toBe(1);
    await expect(gateway.set(toCartKeys('', 'x').cart, 'x')).rejects.toThrow('NOPERM');
    await expect(gateway.hmget(toCartKeys('', 'x').cart, 'a')).rejects.toThrow('NOPERM');
    await expect(gateway.call('KEYS', '*')).rejects.toThrow('NOPERM');
    gateway.disconnect();
  });

  it('may merge carts', async () => {
    const redis = connectRedis({ url: server.url, username: 'gateway', password }, () => undefined);
    await redis.ready(30_000);
    const [guest, user] = [randomUUID(), randomUUID()];
    await cache.add(guest, 'a');
    await cache.add(user, 'b');
    expect((await createCarts({ redis }).merge(guest, user)).cart.lines).toHaveLength(2);
    expect(await cache.get(guest)).toEqual([]);
    await redis.close();
  });
});
