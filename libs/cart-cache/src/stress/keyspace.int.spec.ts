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

/** What the value's name is in a failure. */
const show = (value: unknown) => (typeof value === 'string' ? value.slice(0, 80) : value);

const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

/** Calls with each value, all of which are malformed: each has an error of its type, and Redis is not asked. */
async function expectRefused({ name, call }: Argument, values: readonly unknown[], own: string): Promise<void> {
  const before = await commandsSoFar();
  for (const value of values) {
    const error = await errorOf(call(cache, value, own));
    const isTyped = error instanceof InvalidCartInputError || error instanceof CartLimitError;
    const seen = { argument: name, value: show(value) };
    expect({ ...seen, error: isTyped ? 'typed' : error }).toEqual({ ...seen, error: 'typed' });
  }
  expect({ argument: name, asked: (await commandsSoFar()) - before - 1 }).toEqual({ argument: name, asked: 0 });
}

/** A well-formed value gets the response that it deserves. */
async function expectKept({ name, call }: Argument, value: unknown, own: string): Promise<void> {
  await cache.set(own, [{ id: 'a', quantity: 1 }]);
  const error = await errorOf(call(cache, value, own));
  const isFine = error === undefined || (error instanceof CartError && !(error instanceof InvalidCartInputError));
  const seen = { argument: name, value: show(value) };
  expect({ ...seen, error: isFine ? 'fine' : error }).toEqual({ ...seen, error: 'fine' });
}

stressTest(
  'Hostile values in every argument of every call are refused before Redis is asked, or kept as data',
  async () => {
    const tokens = new Set<string>();
    const newToken = () => {
      const own = randomUUID();
      for (const token of [own, `${own}-2`]) tokens.add(token);
      return own;
    };
    let refused = 0;
    let kept = 0;
    for (const argument of everyArgument) {
      const values = [undefined, ...hostileValues];
      for (const value of values) if (typeof value === 'string') tokens.add(value);
      const [fine, malformed] = [true, false].map((is) =>
        values.filter((value) => argument.isWellFormed(value) === is),
      );
      await expectRefused(argument, malformed ?? [], newToken());
      for (const value of fine ?? []) await expectKept(argument, value, newToken());
      refused += malformed?.length ?? 0;
      kept += fine?.length ?? 0;
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
      if (argument.isWellFormed(value)) {
        await expectKept(argument, value, own);
        kept += 1;
      } else {
        await expectRefused(argument, [value], own);
        refused += 1;
      }
    });
    await fc.assert(property, { numRuns: scale(150, 20_000), seed });
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
