import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@badger-store/redis-kit';
import * as fc from 'fast-check';
import { createCarts, type Carts } from '../index';

const carts = ['guest', 'user'] as const;
const ids = ['a', 'b', 'c'] as const;

const client = fc.nat(2);
const cart = fc.constantFrom(...carts);
const commands = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      client,
      cart,
      id: fc.constantFrom(...ids),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('operation' as const), client, operation: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge' as const), client, from: cart }) },
);

/** All commands of a batch are issued at once; their order makes no difference to the sum. */
export const batches = fc.array(fc.array(commands, { maxLength: 40, size: 'max' }), { maxLength: 4, size: 'max' });

type Batches = typeof batches extends fc.Arbitrary<infer Value> ? Value : never;

/** The same idempotency key always has the same add. */
const operationAdd = (n: number) => ({
  cart: carts[n % 2] ?? 'guest',
  id: ids[n % 3] ?? 'a',
  quantity: (n % 4) + 1,
  idempotencyKey: `operation-${n}`,
});

export async function runBatches(clients: readonly RedisClient[], given: Batches): Promise<number> {
  const limits = { maxQuantity: 1_000_000 };
  const caches = clients.map((redis) => createCarts({ redis, ...limits }));
  const run = randomUUID();
  const token = (name: string) => `${name}-${run}`;
  const expected = new Map<string, number>();
  const expectMore = (id: string, quantity: number) => expected.set(id, (expected.get(id) ?? 0) + quantity);
  const seen = new Set<number>();
  const other = { guest: 'user', user: 'guest' } as const;

  for (const batch of given) {
    await Promise.all(
      batch.map((command): Promise<unknown> => {
        const cache = caches[command.client] as Carts;
        if (command.kind === 'merge') return cache.merge(token(command.from), token(other[command.from]));
        if (command.kind === 'add') {
          expectMore(command.id, command.quantity);
          return cache.addQuantity(token(command.cart), command.id, command.quantity);
        }
        const { cart, id, quantity, idempotencyKey } = operationAdd(command.operation);
        if (!seen.has(command.operation)) expectMore(id, quantity);
        seen.add(command.operation);
        return cache.add(token(cart), id, quantity, { idempotencyKey });
      }),
    );
    const lines = (await Promise.all(carts.map((name) => (caches[0] as Carts).get(token(name))))).flat();
    const held = new Map<string, number>();
    for (const { id, quantity } of lines) held.set(id, (held.get(id) ?? 0) + quantity);
    expect(held).toEqual(expected);
  }
  return given.flat().length;
}
