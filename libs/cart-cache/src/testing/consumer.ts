/** The same text is an ES module (.mts) and a CommonJS one (.cts). */
export const consumer = `
import { randomUUID } from 'node:crypto';
import {
  CartError, createCarts, EmptyCartError, ItemNotInCartError, RedisUnavailableError,
  type Carts,
} from '@badger-store/cart-cache';
import { createInMemoryCarts, describeCarts, InMemoryCartStore } from '@badger-store/cart-cache/testing';

async function use(carts: Carts) {
  const token = randomUUID();
  const { lines: added } = await carts.add(token, 'mug', 2, { idempotencyKey: 'once' });
  await carts.add(token, 'mug', 2, { idempotencyKey: 'once' });
  const read = await carts.get(token);
  const rejected = await carts.checkout(token, async () => ({ outcome: 'rejected' as const, reason: 'declined' }));
  const ordered = await carts.checkout(token, async (lines) => ({
    outcome: 'completed' as const, result: lines.map(({ id, quantity }) => id + quantity),
  }));
  const empty: unknown = await carts.checkout(token, async () => ({ outcome: 'completed' as const, result: 0 })).catch((error) => error);
  const missing: unknown = await carts.remove(token, 'mug').catch((error) => error);
  return {
    added, read, ordered,
    rejected,
    empty: empty instanceof EmptyCartError && empty instanceof CartError && !(empty instanceof ItemNotInCartError),
    missing: missing instanceof ItemNotInCartError,
  };
}

async function main() {
  const carts = createCarts({ url: process.env['REDIS_URL'] ?? '', connectionName: 'consumer' });
  await carts.ready(30_000);
  const inRedis = await use(carts);
  const inMemory = await use(createInMemoryCarts({ store: new InMemoryCartStore(Date.now) }));
  await carts.close();
  const closed = await carts.get('someone').catch((error: unknown) => error);
  const unavailable = closed instanceof RedisUnavailableError && !closed.outcomeUnknown;
  const contract = typeof describeCarts;
  console.log(JSON.stringify({ inRedis, inMemory, unavailable, contract }));
}

void main();
`;
