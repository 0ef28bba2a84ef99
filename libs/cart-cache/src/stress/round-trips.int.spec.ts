import { randomUUID } from 'node:crypto';
import type { RedisClient, Script } from '@badger-store/redis-kit';
import {
  monitor,
  startRedisServer,
  type Monitored,
  type MonitoredCommand,
  type RedisServer,
} from '@badger-store/redis-kit/testing';
import { stressTest, scale, until } from '@badger-store/test-kit';
import { Redis } from 'ioredis';
import * as cartScripts from '../scripts';
import { createCarts, type Carts, type CheckoutRecord } from '../index';
import type { CartOperation } from '../testing/cart-operations';
import { completed } from '../testing/order-in-progress';
import { connectClients } from './clients';
import { readKeyspace } from './keyspace';
import { recorded } from './recorded';

let server: RedisServer;
let client: RedisClient;
let inspector: Redis;
let monitored: Monitored;
let cache: Carts;
/** Renews ten times a second; the other one far too seldom to get in the way. */
let renewing: Carts;
let scripts: Script<never, unknown>[];

beforeAll(async () => {
  server = await startRedisServer();
  [client] = (await connectClients(server, 1)) as [RedisClient];
  const recording = recorded(client);
  scripts = recording.scripts;
  cache = createCarts({ redis: recording.redis });
  renewing = createCarts({ redis: recording.redis, checkoutLeaseSeconds: 0.3 });
  inspector = new Redis(server.url);
  // Redis knows every script from now on.
  for (const call of calls) await (await call.make(randomUUID()))();
  monitored = await monitor(server.url);
});

afterAll(async () => {
  monitored.stop();
  inspector.disconnect();
  await client.close();
  await server.stop();
});

const lines = [{ id: 'a', quantity: 2 }];
const record: CheckoutRecord = { checkoutId: 'c', cartVersion: 'i', lines };
const idempotencyKey = 'operation';

interface Call {
  readonly name: string;
  readonly prepare?: (token: string) => Promise<unknown>;
  readonly run: (token: string) => Promise<unknown>;
  /** The scripts of which it is made, one command each. */
  readonly expected: readonly string[];
}

const rejects = (call: Promise<unknown>) => expect(call).rejects.toThrow();
const fill = (token: string) => cache.set(token, lines);

/** The compiler names an operation that is missing here. */
const callsOf: Readonly<Record<CartOperation, readonly Call[]>> = {
  get: [{ name: 'get', run: (t) => cache.get(t), expected: ['get'] }],
  getCart: [{ name: 'getCart', run: (t) => cache.getCart(t), expected: ['get'] }],
  update: [{ name: 'update', run: (t) => cache.update(t, { data: 1 }), expected: ['update'] }],
  delete: [{ name: 'delete', prepare: fill, run: (t) => cache.delete(t), expected: ['delete'] }],
  move: [
    {
      name: 'move',
      prepare: fill,
      run: (t) => cache.move(t, 'a', `${t}-2`),
      expected: ['transfer-begin', 'transfer-apply', 'transfer-end', 'transfer-begin'],
    },
  ],
  add: [
    { name: 'add, first line', run: (t) => cache.add(t, 'a'), expected: ['add'] },
    { name: 'add, with an idempotency key', run: (t) => cache.add(t, 'a', 1, { idempotencyKey }), expected: ['add'] },
    {
      name: 'add, repeated',
      prepare: (t) => cache.add(t, 'a', 1, { idempotencyKey }),
      run: (t) => cache.add(t, 'a', 1, { idempotencyKey }),
      expected: ['add'],
    },
    { name: 'add, over a limit', prepare: fill, run: (t) => rejects(cache.add(t, 'a', 999)), expected: ['add'] },
  ],
  addQuantity: [{ name: 'addQuantity', prepare: fill, run: (t) => cache.addQuantity(t, 'a'), expected: ['add'] }],
  setLine: [
    { name: 'setLine', prepare: fill, run: (t) => cache.setLine(t, 'a', { quantity: 3 }), expected: ['set-line'] },
  ],
  remove: [{ name: 'remove', prepare: fill, run: (t) => cache.remove(t, 'a'), expected: ['set-line'] }],
  set: [{ name: 'set', run: (t) => cache.set(t, lines), expected: ['update'] }],
  clear: [{ name: 'clear', prepare: fill, run: (t) => cache.clear(t), expected: ['update'] }],
  merge: [
    { name: 'merge, nothing', run: (t) => cache.merge(t, `${t}-2`), expected: ['transfer-begin', 'get'] },
    {
      name: 'merge',
      prepare: fill,
      run: (t) => cache.merge(t, `${t}-2`),
      expected: ['transfer-begin', 'transfer-apply', 'transfer-end', 'transfer-begin'],
    },
  ],
  checkout: [
    {
      name: 'checkout, completed',
      prepare: fill,
      run: (t) => cache.checkout(t, completed),
      expected: ['acquire', 'complete'],
    },
    {
      name: 'checkout, rejected',
      prepare: fill,
      run: (t) => cache.checkout(t, () => Promise.resolve({ outcome: 'rejected', reason: 'declined' })),
      expected: ['acquire', 'release'],
    },
    {
      name: 'checkout, unknown',
      prepare: fill,
      run: (t) => cache.checkout(t, () => Promise.reject(new Error('no response'))),
      expected: ['acquire', 'extend'],
    },
    { name: 'checkout, empty', run: (t) => rejects(cache.checkout(t, completed)), expected: ['acquire'] },
  ],
  withCheckoutLock: [
    {
      name: 'withCheckoutLock',
      prepare: fill,
      run: (t) => cache.withCheckoutLock(t, () => Promise.resolve()),
      expected: ['acquire', 'extend'],
    },
  ],
  completeCheckout: [
    { name: 'complete', prepare: fill, run: (t) => cache.completeCheckout(t, record), expected: ['complete'] },
  ],
};

const calls = Object.values(callsOf)
  .flat()
  .map((call) => ({
    ...call,
    async make(token: string) {
      await call.prepare?.(token);
      return () => call.run(token);
    },
  }));

/** Each changing script among these commands says until when it may still be run: never later than its caller waits. */
function expectNotAfter(commands: readonly MonitoredCommand[], ran: readonly Script<never, unknown>[]): number {
  let checked = 0;
  for (const [i, { at, words }] of commands.entries()) {
    if (!ran[i]?.changes) continue;
    const notAfter = Number(words[3 + Number(words[2])]);
    expect(notAfter).toBeLessThanOrEqual(at + 10_000);
    expect(notAfter).toBeGreaterThan(at);
    checked += 1;
  }
  return checked;
}

async function watch(run: () => Promise<unknown>) {
  scripts.length = 0;
  const commands = await monitored.during(run);
  return { commands, ran: [...scripts] };
}

const times = scale(1, 50);

stressTest(
  'Each call is as many commands as the documents say, and every change carries the time after which it must not happen',
  async () => {
    let watched = 0;
    let changes = 0;
    const changing = new Set<string>();
    for (let i = 0; i < times; i += 1) {
      for (const call of calls) {
        const { commands, ran } = await watch(await call.make(randomUUID()));
        expect([call.name, ran.map(({ name }) => name)]).toEqual([call.name, call.expected]);
        expect(commands.map(({ words: [command] }) => command)).toEqual(call.expected.map(() => 'evalsha'));
        changes += expectNotAfter(commands, ran);
        for (const { name, changes } of ran) if (changes) changing.add(name);
        watched += 1;
      }
    }
    const all = Object.values(cartScripts) as unknown as Script<never, unknown>[];
    expect(changing).toEqual(new Set(all.filter((script) => script.changes).map(({ name }) => name)));
    return { 'calls watched': watched, 'changing commands': changes, 'changing scripts': changing.size };
  },
  60_000,
);

stressTest('A long checkout sends acquire, extend and complete commands, and no other command', async () => {
  const token = randomUUID();
  await cache.set(token, lines);
  let renewals = 0;
  for (let i = 0; i < times; i += 1) {
    await cache.set(token, lines);
    const isRenewed = () => scripts.filter(({ name }) => name === 'extend').length >= 2;
    const { commands, ran } = await watch(() =>
      renewing.checkout(token, () => until('the lease was renewed twice', isRenewed).then(completed)),
    );
    const names = ran.map(({ name }) => name);
    expect(names).toEqual(['acquire', ...names.slice(1, -1).map(() => 'extend'), 'complete']);
    expect(commands).toHaveLength(names.length);
    expectNotAfter(commands, ran);
    renewals += names.length - 2;
  }
  return { checkouts: times, renewals };
});

stressTest('Every changing command, sent again past its time, changes nothing', async () => {
  let sent = 0;
  for (const call of calls) {
    const run = await call.make(randomUUID());
    const { commands, ran } = await watch(run);
    const before = await readKeyspace(inspector);
    for (const [i, { words }] of commands.entries()) {
      if (!ran[i]?.changes) continue;
      const [command = '', ...rest] = words;
      const late = await inspector.time().then(([seconds]) => String((Number(seconds) - 1) * 1000));
      const again = rest.with(2 + Number(rest[1]), late);
      await expect(inspector.call(command, ...again)).rejects.toThrow('DEADLINE_EXCEEDED');
      sent += 1;
    }
    expect(await readKeyspace(inspector)).toEqual(before);
  }
  return { 'late commands': sent };
});
