import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { OrderStatus } from '@badger-store/store-api';
import { serveLocally, type LocalServer } from '@badger-store/test-kit';
import { sql } from 'kysely';
import { startPostgresServer } from '@badger-store/postgres-kit/testing';
import { createServiceClient } from '@badger-store/service-kit';
import { createCheckoutOutcomes } from '../clients/checkout-outcomes';
import { createPostgresReservations } from '../postgres/postgres-reservations';
import { startStock, type StockUnderTest } from '../testing/stock-under-test';
import { createSweep } from './sweep-reservations';

const day = 24 * 3600;
const report = jest.fn<void, [unknown]>();
const orders = new Map<string, OrderStatus>();
const asked: string[][] = [];
let whenAsked: (ids: string[], res: ServerResponse) => Promise<void> | void;
let checkout: LocalServer;
let under: StockUnderTest;

beforeAll(async () => {
  under = await startStock();
  checkout = await serveLocally(async (req, res) => {
    const { ids } = (await json(req)) as { ids: string[] };
    asked.push(ids);
    await whenAsked(ids, res);
    const outcomes = ids.flatMap((id) => (orders.has(id) ? [{ id, status: orders.get(id) }] : []));
    if (!res.writableEnded && !res.destroyed) res.end(JSON.stringify({ outcomes }));
  });
});
afterAll(async () => {
  await checkout.close();
  await under.stop();
});
beforeEach(async () => {
  report.mockReset();
  asked.length = 0;
  whenAsked = () => undefined;
  await under.db.deleteFrom('reservations').execute();
});

const createSweepWith = (url: string) =>
  createSweep({
    stock: under.stock,
    reservations: createPostgresReservations(under.db, 120),
    findOutcomes: createCheckoutOutcomes(
      createServiceClient({ name: 'checkout', urls: [url], token: () => 'service-token' }),
    ),
    report,
  });
const sweep = () => createSweepWith(checkout.url)();

/** A reservation of 2 pieces out of 10, made so long ago, with an order or without. */
async function held(status?: OrderStatus, ageSeconds = 121) {
  const [itemId, id] = [await under.addItem(10), randomUUID()];
  await under.stock.reserve(id, [{ id: itemId, quantity: 2 }]);
  await under.age(id, ageSeconds);
  if (status) orders.set(id, status);
  return { id, itemId };
}

it.each<[OrderStatus | undefined, string, { stock: number; reserved: number }]>([
  ['paid', 'committed', { stock: 8, reserved: 0 }],
  ['declined', 'released', { stock: 10, reserved: 0 }],
  ['cancelled', 'released', { stock: 10, reserved: 0 }],
  [undefined, 'released', { stock: 10, reserved: 0 }],
  ['pending', 'held', { stock: 10, reserved: 2 }],
])('the reservation of an order that is %s is %s', async (order, status, counts) => {
  const { id, itemId } = await held(order);
  expect(await sweep()).toBe(false);
  expect(asked).toEqual([[id]]);
  expect([await under.getStatus(id), await under.counts(itemId)]).toEqual([status, counts]);
  expect(report).not.toHaveBeenCalled();
});

it('a pending order is asked about again after the same time, and not before', async () => {
  const { id } = await held('pending');
  await sweep();
  await sweep();
  expect(asked).toEqual([[id]]);
  await under.age(id, 121);
  orders.set(id, 'paid');
  await sweep();
  expect(await under.getStatus(id)).toBe('committed');
});

it('checkout is not asked about what is young or has ended', async () => {
  await held(undefined, 110);
  const [committed, released] = [await held(), await held()];
  await under.stock.commit(committed.id);
  await under.stock.release(released.id);
  await sweep();
  expect(asked).toEqual([]);
});

it('nothing changes while checkout cannot be asked, however old it is, and one line a round says so', async () => {
  const { id, itemId } = await held('paid', 20 * day);
  const broken: ((ids: string[], res: ServerResponse) => void)[] = [
    (_ids, res) => void res.writeHead(503).end(),
    (_ids, res) => void res.end('{}'),
    (_ids, res) => void res.destroy(),
  ];
  for (const fault of broken) {
    whenAsked = fault;
    expect(await sweep()).toBe(false);
    await under.age(id, 20 * day);
  }
  const gone = await serveLocally(() => undefined);
  await gone.close();
  expect(await createSweepWith(gone.url)()).toBe(false);
  expect(report).toHaveBeenCalledTimes(4);
  for (const [error] of report.mock.calls) expect(error).toMatchObject({ code: 'CHECKOUT_UNAVAILABLE' });
  expect([await under.getStatus(id), await under.counts(itemId)]).toEqual(['held', { stock: 10, reserved: 2 }]);

  whenAsked = () => undefined;
  await under.age(id, 20 * day);
  await sweep();
  expect(await under.getStatus(id)).toBe('committed');
});

it('several sweepers ask once about each, 100 at a time, and say whether there may be more', async () => {
  const itemId = await under.addItem(1000);
  const ids = await Promise.all(
    Array.from({ length: 230 }, async (_, index) => {
      const id = randomUUID();
      await under.stock.reserve(id, [{ id: itemId, quantity: 1 }]);
      if (index < 115) orders.set(id, 'paid');
      return id;
    }),
  );
  await under.db
    .updateTable('reservations')
    .set({ checked_at: sql<Date>`now() - interval '5 minutes'` })
    .execute();
  expect(await sweep()).toBe(true);
  // They share the remaining 130 in any way, so that one of them has 100 or none has.
  await Promise.all([sweep(), sweep(), sweep()]);
  expect(await sweep()).toBe(false);
  expect(Math.max(...asked.map((batch) => batch.length))).toBe(100);
  expect(asked.flat().sort()).toEqual(ids.sort());
  expect(await under.counts(itemId)).toEqual({ stock: 885, reserved: 0 });
  expect(report).not.toHaveBeenCalled();
});

it('checkout may end a reservation itself while it is asked: no lock is held meanwhile', async () => {
  const [paid, declined] = [await held('paid'), await held('declined')];
  let open = -1;
  whenAsked = async () => {
    const { rows } = await sql<{ open: number }>`
      select count(*)::int as open from pg_stat_activity where state like 'idle in transaction%'`.execute(under.db);
    open = rows[0]?.open ?? -1;
    await under.stock.commit(paid.id);
    await under.stock.release(declined.id);
  };
  await sweep();
  expect(open).toBe(0);
  expect(report).not.toHaveBeenCalled();
  expect([await under.counts(paid.itemId), await under.counts(declined.itemId)]).toEqual([
    { stock: 8, reserved: 0 },
    { stock: 10, reserved: 0 },
  ]);
});

it('where checkout and stock disagree the others are ended all the same, and one line says so', async () => {
  const wrong = [await held('paid'), await held('declined')];
  const right = [await held('paid'), await held()];
  whenAsked = async () => {
    await under.stock.release(wrong[0]?.id ?? '');
    await under.stock.commit(wrong[1]?.id ?? '');
  };
  expect(await sweep()).toBe(false);
  expect(await Promise.all([...wrong, ...right].map(({ id }) => under.getStatus(id)))).toEqual([
    ...['released', 'committed', 'committed', 'released'],
  ]);
  expect(report).toHaveBeenCalledTimes(1);
  const message = String(report.mock.calls[0]?.[0]);
  for (const { id } of wrong) expect(message).toContain(id);
});

it('a round without PostgreSQL ends with one line', async () => {
  const server = await startPostgresServer();
  const own = await startStock(server);
  const parts = { stock: own.stock, reservations: createPostgresReservations(own.db, 120) };
  server.process.kill('SIGQUIT');
  const findOutcomes = jest.fn();
  expect(await createSweep({ ...parts, findOutcomes, report })()).toBe(false);
  expect(report).toHaveBeenCalledTimes(1);
  expect(report.mock.calls[0]?.[0]).toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
  expect(findOutcomes).not.toHaveBeenCalled();
  await own.stop();
});

it('what ended over 30 days ago is forgotten with its lines; what is held never is', async () => {
  const [committed, released, recent, pending] = [await held(), await held(), await held(), await held('pending')];
  const tombstone = randomUUID();
  await under.stock.commit(committed.id);
  for (const id of [released.id, recent.id, tombstone]) await under.stock.release(id);
  for (const id of [committed.id, released.id, tombstone, pending.id]) await under.age(id, 30 * day + 60);
  await under.age(recent.id, 30 * day - 60);
  expect(await sweep()).toBe(false);
  const left = await under.db.selectFrom('reservations').select('checkout_id').execute();
  const leftLines = await under.db.selectFrom('reservation_lines').select('checkout_id').execute();
  const kept = [recent.id, pending.id].sort();
  expect(left.map((row) => row.checkout_id).sort()).toEqual(kept);
  expect(leftLines.map((row) => row.checkout_id).sort()).toEqual(kept);
  expect(await under.counts(committed.itemId)).toEqual({ stock: 8, reserved: 0 });
});

it('many old ones are forgotten 1000 at a time', async () => {
  await sql`insert into reservations (checkout_id, status, ended_at)
    select gen_random_uuid(), 'released', now() - interval '31 days' from generate_series(1, 1500)`.execute(under.db);
  const count = async () => (await under.db.selectFrom('reservations').select('checkout_id').execute()).length;
  expect([await sweep(), await count()]).toEqual([true, 500]);
  expect([await sweep(), await count()]).toEqual([false, 0]);
});
