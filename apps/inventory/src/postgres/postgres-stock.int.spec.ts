import { randomUUID } from 'node:crypto';
import { startPostgresServer } from '@badger-store/postgres-kit/testing';
import { PostgresUnavailableError } from '@badger-store/postgres-kit';
import { OutOfStockError } from '../domain/stock-errors';
import { startStock, type StockUnderTest } from '../testing/stock-under-test';
import { createPostgresCatalogue } from './postgres-catalogue';

let under: StockUnderTest;
beforeAll(async () => {
  under = await startStock();
});
afterAll(() => under.stop());

const reserved = async (pieces: number, quantity: number) => {
  const [id, checkoutId] = [await under.addItem(pieces), randomUUID()];
  expect(await under.stock.reserve(checkoutId, [{ id, quantity }])).toBe('held');
  return { id, checkoutId };
};
const getLines = (checkoutId: string) =>
  under.db.selectFrom('reservation_lines').selectAll().where('checkout_id', '=', checkoutId).execute();

const released = { category: 'conflict', code: 'RESERVATION_RELEASED' };
const committed = { category: 'conflict', code: 'RESERVATION_COMMITTED' };
const differs = { category: 'unprocessable', code: 'RESERVATION_DIFFERS' };
const notFound = { category: 'not-found', code: 'RESERVATION_NOT_FOUND' };

describe('to reserve', () => {
  it('reduces what is available, not the stock', async () => {
    const { id, checkoutId } = await reserved(5, 3);
    expect(await under.counts(id)).toEqual({ stock: 5, reserved: 3 });
    expect(await under.getStatus(checkoutId)).toBe('held');
    const catalogue = createPostgresCatalogue(under.db);
    expect(await catalogue.find(id)).toMatchObject({ available: 2 });
    expect(await catalogue.findMany([id])).toMatchObject([{ available: 2 }]);
    expect((await catalogue.page({ words: [id], sort: 'name', limit: 1 })).items).toMatchObject([{ available: 2 }]);
  });

  it('again with the same lines, in any order, changes nothing and returns the same', async () => {
    const [a, b, checkoutId] = [await under.addItem(5), await under.addItem(5), randomUUID()];
    const lines = [
      { id: a, quantity: 2 },
      { id: b, quantity: 1 },
    ];
    expect(await under.stock.reserve(checkoutId, lines)).toBe('held');
    expect(await under.stock.reserve(checkoutId, lines.toReversed())).toBe('held');
    expect([await under.counts(a), await under.counts(b)]).toMatchObject([{ reserved: 2 }, { reserved: 1 }]);
  });

  it('under an id that has other lines is refused, whether it is held or committed', async () => {
    const { id, checkoutId } = await reserved(5, 2);
    const other = await under.addItem(5);
    const attempts = [
      [{ id, quantity: 3 }],
      [{ id: other, quantity: 2 }],
      [
        { id, quantity: 2 },
        { id: other, quantity: 1 },
      ],
    ];
    for (const lines of attempts) {
      await expect(under.stock.reserve(checkoutId, lines)).rejects.toMatchObject(differs);
    }
    expect([await under.counts(id), await under.counts(other)]).toMatchObject([{ reserved: 2 }, { reserved: 0 }]);
    await under.stock.commit(checkoutId);
    await expect(under.stock.reserve(checkoutId, [{ id, quantity: 3 }])).rejects.toMatchObject(differs);
  });

  it('what was committed says so', async () => {
    const { id, checkoutId } = await reserved(5, 2);
    await under.stock.commit(checkoutId);
    expect(await under.stock.reserve(checkoutId, [{ id, quantity: 2 }])).toBe('committed');
    expect(await under.counts(id)).toEqual({ stock: 3, reserved: 0 });
  });

  it('what was released is refused', async () => {
    const { id, checkoutId } = await reserved(5, 2);
    await under.stock.release(checkoutId);
    await expect(under.stock.reserve(checkoutId, [{ id, quantity: 2 }])).rejects.toMatchObject(released);
    expect(await under.counts(id)).toEqual({ stock: 5, reserved: 0 });
  });

  it('names every line of which there are too few, in the order asked for, and holds none', async () => {
    const [plenty, few] = [await under.addItem(5), await under.addItem(2)];
    const { id: taken } = await reserved(3, 3);
    const checkoutId = randomUUID();
    const wanted = [
      { id: taken, quantity: 1 },
      { id: plenty, quantity: 5 },
      { id: 'no-such-item', quantity: 1 },
      { id: few, quantity: 3 },
    ];
    const error = await under.stock.reserve(checkoutId, wanted).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OutOfStockError);
    expect((error as OutOfStockError).extensions?.lines).toEqual([
      { id: taken, requested: 1, available: 0 },
      { id: 'no-such-item', requested: 1, available: 0 },
      { id: few, requested: 3, available: 2 },
    ]);
    expect(await under.counts(plenty)).toEqual({ stock: 5, reserved: 0 });
    expect([await under.getStatus(checkoutId), await getLines(checkoutId)]).toEqual([undefined, []]);
    expect(await under.stock.reserve(checkoutId, [{ id: few, quantity: 2 }])).toBe('held');
  });
});

describe('to commit', () => {
  it('reduces the stock, once', async () => {
    const { id, checkoutId } = await reserved(5, 3);
    await under.stock.commit(checkoutId);
    await under.stock.commit(checkoutId);
    expect(await under.counts(id)).toEqual({ stock: 2, reserved: 0 });
    expect(await under.getStatus(checkoutId)).toBe('committed');
  });

  it('what was never reserved is refused', async () => {
    const checkoutId = randomUUID();
    await expect(under.stock.commit(checkoutId)).rejects.toMatchObject(notFound);
    expect(await under.getStatus(checkoutId)).toBeUndefined();
  });

  it('what was released is refused', async () => {
    const { id, checkoutId } = await reserved(5, 3);
    await under.stock.release(checkoutId);
    await expect(under.stock.commit(checkoutId)).rejects.toMatchObject(released);
    expect(await under.counts(id)).toEqual({ stock: 5, reserved: 0 });
  });
});

describe('to release', () => {
  it('gives the pieces back, once', async () => {
    const { id, checkoutId } = await reserved(5, 3);
    await under.stock.release(checkoutId);
    await under.stock.release(checkoutId);
    expect(await under.counts(id)).toEqual({ stock: 5, reserved: 0 });
    expect(await under.getStatus(checkoutId)).toBe('released');
  });

  it('before it is reserved has the late reserve and commit refused', async () => {
    const [id, checkoutId] = [await under.addItem(5), randomUUID()];
    await under.stock.release(checkoutId);
    await expect(under.stock.reserve(checkoutId, [{ id, quantity: 1 }])).rejects.toMatchObject(released);
    await expect(under.stock.commit(checkoutId)).rejects.toMatchObject(released);
    expect(await under.counts(id)).toEqual({ stock: 5, reserved: 0 });
  });

  it('what was committed is refused', async () => {
    const { id, checkoutId } = await reserved(5, 3);
    await under.stock.commit(checkoutId);
    await expect(under.stock.release(checkoutId)).rejects.toMatchObject(committed);
    expect(await under.counts(id)).toEqual({ stock: 2, reserved: 0 });
  });
});

describe('the database', () => {
  it.each([
    ['committed', 'held'],
    ['committed', 'released'],
    ['released', 'held'],
    ['released', 'committed'],
  ] as const)('lets nothing %s become %s', async (from, to) => {
    const { checkoutId } = await reserved(1, 1);
    await (from === 'committed' ? under.stock.commit(checkoutId) : under.stock.release(checkoutId));
    const change = under.db
      .updateTable('reservations')
      .set({ status: to, ended_at: to === 'held' ? null : new Date() })
      .where('checkout_id', '=', checkoutId);
    await expect(change.execute()).rejects.toMatchObject({ code: '23514', message: expect.stringContaining('cannot') });
    expect(await under.getStatus(checkoutId)).toBe(from);
  });

  it('rejects a reserved quantity above the stock or below 0', async () => {
    const id = await under.addItem(5);
    const set = (change: { reserved?: number; stock?: number }) =>
      under.db.updateTable('items').set(change).where('id', '=', id).execute();
    await expect(set({ reserved: 6 })).rejects.toMatchObject({ code: '23514' });
    await expect(set({ reserved: -1 })).rejects.toMatchObject({ code: '23514' });
    await set({ reserved: 5 });
    await expect(set({ stock: 4 })).rejects.toMatchObject({ code: '23514' });
  });

  it('rejects with PostgresUnavailableError when PostgreSQL is stopped', async () => {
    const server = await startPostgresServer();
    const own = await startStock(server);
    server.process.kill('SIGQUIT');
    const id = randomUUID();
    try {
      await expect(own.stock.reserve(id, [{ id: 'x', quantity: 1 }])).rejects.toBeInstanceOf(PostgresUnavailableError);
      await expect(own.stock.commit(id)).rejects.toBeInstanceOf(PostgresUnavailableError);
      await expect(own.stock.release(id)).rejects.toBeInstanceOf(PostgresUnavailableError);
    } finally {
      await own.stop();
    }
  });
});
