import { randomInt, randomUUID } from 'node:crypto';
import { PostgresUnavailableError } from '@badger-store/postgres-kit';
import { sql } from 'kysely';
import type { StockLine } from '../domain/stock';
import { OutOfStockError } from '../domain/stock-errors';
import { startStock, type StockUnderTest } from '../testing/stock-under-test';

let under: StockUnderTest;
beforeAll(async () => {
  under = await startStock();
});
afterAll(() => under.stop());

/** On a machine that is busy a call may not get its turn in time: a caller would do it again, which has one effect. */
async function again<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof PostgresUnavailableError)) throw error;
    }
  }
}
const settled = (calls: (() => Promise<unknown>)[]) => Promise.allSettled(calls.map((call) => again(call)));
const getErrors = (results: PromiseSettledResult<unknown>[]) =>
  results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
const times = <Value>(count: number, make: (index: number) => Value) =>
  Array.from({ length: count }, (_, i) => make(i));

const count = async (status: 'held' | 'committed' | 'released', checkoutIds: string[]) => {
  const rows = await under.db
    .selectFrom('reservations')
    .select('checkout_id')
    .where('status', '=', status)
    .where('checkout_id', 'in', checkoutIds)
    .execute();
  return rows.length;
};

it('of 50 pieces exactly 50 are held when 200 checkouts want one at once', async () => {
  const id = await under.addItem(50);
  const results = await settled(times(200, () => () => under.stock.reserve(randomUUID(), [{ id, quantity: 1 }])));
  const errors = getErrors(results);
  expect(errors).toHaveLength(150);
  for (const error of errors) {
    expect(error).toBeInstanceOf(OutOfStockError);
    expect((error as OutOfStockError).extensions?.lines).toEqual([{ id, requested: 1, available: 0 }]);
  }
  expect(await under.counts(id)).toEqual({ stock: 50, reserved: 50 });
});

it('reservations of the same items in opposite orders do not deadlock', async () => {
  const ids = await Promise.all(times(8, () => under.addItem(100)));
  const lines = ids.map((id) => ({ id, quantity: 1 }));
  const checkouts = times(200, () => randomUUID());
  const results = await settled(
    checkouts.map((id, index) => () => under.stock.reserve(id, index % 2 === 0 ? lines : lines.toReversed())),
  );
  const errors = getErrors(results);
  expect(errors).toHaveLength(100);
  expect(errors.filter((error) => !(error instanceof OutOfStockError))).toEqual([]);
  const held = checkouts.filter((_, index) => results[index]?.status === 'fulfilled');
  const ends = held.map((id, index) => () => (index % 2 === 0 ? under.stock.commit(id) : under.stock.release(id)));
  expect(getErrors(await settled(ends))).toEqual([]);
  for (const id of ids) expect(await under.counts(id)).toEqual({ stock: 50, reserved: 0 });
});

it('the same call, 20 times at once, has one effect', async () => {
  const [id, kept, given] = [await under.addItem(100), randomUUID(), randomUUID()];
  const twenty = async (call: () => Promise<unknown>) =>
    expect(getErrors(await settled(times(20, () => call)))).toEqual([]);
  for (const checkoutId of [kept, given]) await twenty(() => under.stock.reserve(checkoutId, [{ id, quantity: 3 }]));
  expect(await under.counts(id)).toEqual({ stock: 100, reserved: 6 });
  await twenty(() => under.stock.commit(kept));
  expect(await under.counts(id)).toEqual({ stock: 97, reserved: 3 });
  await twenty(() => under.stock.release(given));
  expect(await under.counts(id)).toEqual({ stock: 97, reserved: 0 });
});

it('reserve, commit and release of one id at once end in one way', async () => {
  const id = await under.addItem(1000);
  const checkouts = times(60, () => randomUUID());
  const calls = checkouts.flatMap((checkoutId) => [
    () => under.stock.reserve(checkoutId, [{ id, quantity: 2 }]),
    () => under.stock.release(checkoutId),
    () => under.stock.commit(checkoutId),
  ]);
  await settled(calls.sort(() => Math.random() - 0.5));
  const ended = { committed: await count('committed', checkouts), released: await count('released', checkouts) };
  expect(ended.committed + ended.released).toBe(60);
  expect(await under.counts(id)).toEqual({ stock: 1000 - 2 * ended.committed, reserved: 0 });
});

it('stock and reservations agree after concurrent reserves, commits and releases in any order', async () => {
  const pieces = 40;
  const ids = await Promise.all(times(5, () => under.addItem(pieces)));
  const carts = times(40, () => {
    const lines: StockLine[] = ids.filter(() => randomInt(2) === 0).map((id) => ({ id, quantity: randomInt(1, 5) }));
    return { id: randomUUID(), lines: lines.length > 0 ? lines : [{ id: ids[0] ?? '', quantity: 1 }] };
  });
  const calls = times(600, () => {
    const cart = carts[randomInt(carts.length)] ?? { id: '', lines: [] };
    const what = randomInt(5);
    if (what < 3) return () => under.stock.reserve(cart.id, cart.lines);
    return () => (what === 3 ? under.stock.commit(cart.id) : under.stock.release(cart.id));
  });
  const expected = ['OUT_OF_STOCK', 'RESERVATION_RELEASED', 'RESERVATION_COMMITTED', 'RESERVATION_NOT_FOUND'];
  const codes = getErrors(await settled(calls)).map((error) => (error as { code?: string }).code);
  expect(codes.filter((code) => !expected.includes(code ?? ''))).toEqual([]);

  for (const id of ids) {
    const sum = async (status: 'held' | 'committed') => {
      const { sum } = await under.db
        .selectFrom('reservations')
        .innerJoin('reservation_lines', 'reservation_lines.checkout_id', 'reservations.checkout_id')
        .select(sql<number>`coalesce(sum(quantity), 0)::int`.as('sum'))
        .where('status', '=', status)
        .where('item_id', '=', id)
        .executeTakeFirstOrThrow();
      return sum;
    };
    expect(await under.counts(id)).toEqual({
      stock: pieces - (await sum('committed')),
      reserved: await sum('held'),
    });
  }
});
