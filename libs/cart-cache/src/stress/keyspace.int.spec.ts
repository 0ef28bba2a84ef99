import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { newSeed, stressTest, scale } from '@badger-store/test-kit';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import { CartError, CartLimitError, createCarts, InvalidCartInputError, type Carts } from '../index';
import { connectClients } from './clients';
import { everyArgument, type Argument } from './every-argument';
import { hostileValues } from './hostile';
import { readKeyspace } from './keyspace';

let server: RedisServer;
let client: RedisClient;
let inspector: Redis;
let cache: Carts;
let bystanders: Map<string, string>;

beforeAll(async () => {
  server = await startRedisServer();
  [client] = (await connectClients(server, 1)) as [RedisClient];
  inspector = new Redis(server.url);
  cache = createCarts({ redis: client });
});

afterAll(async () => {
  await client.close();
  inspector.disconnect();
  await server.stop();
});

/** Carts of others, one with an open checkout, and keys of other programs with names that a slip would reach. */
beforeEach(async () => {
  await inspector.flushall();
  await cache.set('bystander', [{ id: 'a', quantity: 2 }]);
  await cache.add('bystander', 'b', 1, { idempotencyKey: 'once' });
  await cache.checkout('bystander', () => Promise.reject(new Error('unknown')));
  await cache.add('in-the-way', 'a');
  for (const key of [
    'x_cart',
    '_cart',
    '{}_cart',
    '{x}',
    'session:1',
    '*',
    '#next',
    '[object Object]_cart',
    'limit:{x}_cart',
  ]) {
    await inspector.set(key, 'foreign');
  }
  bystanders = await readKeyspace(inspector);
});

/** Nothing was touched but the carts of these tokens. */
async function expectNothingElseTouched(tokens: ReadonlySet<string>): Promise<void> {
  const mayBe = (key: string) => {
    const [, token] = /^\{([^{}]+)\}_cart(:[a-z]+)?$/.exec(Buffer.from(key, 'latin1').toString()) ?? [];
    return token !== undefined && tokens.has(decodeURIComponent(token));
  };
  const now = await readKeyspace(inspector);
  expect(new Map([...now].filter(([key]) => !mayBe(key)))).toEqual(bystanders);
}

const commandsSoFar = async () => Number(/total_commands_processed:(\d+)/.exec(await inspector.info('stats'))?.[1]);

/** Tells whether the value was refused; then Redis was not asked. One that is well-formed gets the response that it deserves. */
async function isRefused({ name, isWellFormed, call }: Argument, value: unknown, own: string): Promise<boolean> {
  await cache.set(own, [{ id: 'a', quantity: 1 }]);
  const before = await commandsSoFar();
  const error = await call(cache, value, own).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const asked = (await commandsSoFar()) - before - 1;
  const seen = { argument: name, value: typeof value === 'string' ? value.slice(0, 80) : value };
  if (isWellFormed(value)) {
    const isFine = error === undefined || (error instanceof CartError && !(error instanceof InvalidCartInputError));
    expect({ ...seen, error: isFine ? 'fine' : error }).toEqual({ ...seen, error: 'fine' });
    return false;
  }
  const isTyped = error instanceof InvalidCartInputError || error instanceof CartLimitError;
  expect({ ...seen, error: isTyped ? 'typed' : error, asked }).toEqual({ ...seen, error: 'typed', asked: 0 });
  return true;
}

stressTest(
  'Hostile values in every argument of every call are refused before Redis is asked, or kept as data',
  async () => {
    const tokens = new Set<string>();
    let refused = 0;
    let kept = 0;
    for (const argument of everyArgument) {
      for (const value of [undefined, ...hostileValues]) {
        const own = randomUUID();
        for (const token of [own, `${own}-2`]) tokens.add(token);
        if (typeof value === 'string') tokens.add(value);
        if (await isRefused(argument, value, own)) refused += 1;
        else kept += 1;
      }
    }
    await expectNothingElseTouched(tokens);
    return { arguments: everyArgument.length, 'values refused': refused, 'values kept as data': kept };
  },
);

stressTest(
  'Random strings in every argument of every call reach no key but the cart’s own',
  async () => {
    const tokens = new Set<string>();
    const seed = newSeed();
    let refused = 0;
    let kept = 0;
    const someText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 140 }),
      fc.string({ maxLength: 140 }),
      fc.stringMatching(/^[A-Za-z0-9_~.{}:#*-]{1,8}$/),
    );
    const property = fc.asyncProperty(fc.constantFrom(...everyArgument), someText, async (argument, value) => {
      const own = randomUUID();
      for (const token of [own, `${own}-2`]) tokens.add(token);
      tokens.add(value);
      if (await isRefused(argument, value, own)) refused += 1;
      else kept += 1;
    });
    await fc.assert(property, { numRuns: scale(300, 20_000), seed });
    await expectNothingElseTouched(tokens);
    return { 'strings refused': refused, 'strings kept as data': kept, seed };
  },
  120_000,
);

stressTest(
  'Names that mean something to JavaScript, Redis or Lua are but names where they are well-formed',
  async () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'NaN',
      'undefined',
      'null',
      '0',
      '-1',
    ];
    const ids = names.filter((name) => /^[A-Za-z0-9]/.test(name));
    for (const token of names) {
      for (const id of ids) await cache.add(token, id, 1, { idempotencyKey: id });
      await cache.add(token, 'constructor', 1, { idempotencyKey: '__proto__' });
      expect(await cache.get(token)).toEqual(ids.map((id) => ({ id, quantity: id === 'constructor' ? 2 : 1 })));
    }
    await expectNothingElseTouched(new Set(names));
    return { names: names.length };
  },
);
