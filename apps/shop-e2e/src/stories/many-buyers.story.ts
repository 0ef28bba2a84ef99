import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { scale, stressTest } from '@badger-store/test-kit';
import type { Books } from '../support/books';
import { newGuest, send, type StoreResponse, type Customer } from '../support/customer';
import { openSharedFleet } from '../support/fleet';

const mug = 'badger-enamel-mug';
const cap = 'long-claw-mittens';
const buyerCount = scale(24, 200);
const pieces = buyerCount / 4;
const clicks = scale(20, 50);

let books: Books;
let url: string;
beforeAll(async () => {
  ({ books, url } = await openSharedFleet());
});

const times = <Result>(count: number, make: (n: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));
const counted = (responses: readonly StoreResponse[]) => {
  const counts: Record<string, number> = {};
  for (const { status, body } of responses) {
    const key = `${status} ${String(body.code ?? '')}`.trim();
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};
/** A busy machine responds 503 to some requests, which asks the client to retry. */
async function payUntilKnown(customer: Customer): Promise<StoreResponse> {
  let response = await payWith(customer, undefined);
  for (let tries = 0; response.status === 503 && tries < 20; tries += 1) {
    await sleep(500);
    response = await payWith(customer, undefined);
  }
  return response;
}

const payWith = (customer: Customer, key: string | undefined, token = 'approve') =>
  customer.send(
    'PATCH',
    '/Cart/checkout',
    { payment: { method: 'test', token } },
    { origin: url, ...(key === undefined ? {} : { 'idempotency-key': key }) },
  );

stressTest(
  'Two inventories and two checkouts sell every piece once, and refuse the other buyers, when all buyers check out at once',
  async () => {
    const buyers = await times(buyerCount, () => newGuest(url));
    for (const buyer of buyers) expect((await buyer.add(mug)).status).toBe(201);
    await books.setStock(mug, pieces);

    const responses = await Promise.all(buyers.map(payUntilKnown));
    expect(counted(responses)).toEqual({ '200': pieces, '409 OUT_OF_STOCK': buyerCount - pieces });
    for (const { status, body } of responses) {
      if (status === 409) expect(body.lines).toEqual([{ id: mug, requested: 1, available: 0 }]);
    }
    await books.whenClosed(60_000);
    expect(await books.of(mug)).toEqual({
      stock: 0,
      reserved: 0,
      sold: pieces,
      paidOrders: pieces,
      wrongCharges: 0,
      heldReservations: 0,
    });
    const { body } = await send(url, 'GET', `/inventory/items/${mug}`);
    expect(body.available).toBe(0);
    return { buyers: buyerCount, sold: pieces, refused: buyerCount - pieces };
  },
  120_000,
);

describe('a checkout that is sent many times at once is one order and one charge', () => {
  const clickers = async (token: string, getKey: (n: number) => string | undefined) => {
    const customer = await newGuest(url);
    await books.setStock(cap, 100);
    expect((await customer.add(cap, 2)).status).toBe(201);
    const before = await books.of(cap);
    const responses = await times(clicks, (n) => payWith(customer, getKey(n), token));
    const ids = new Set(responses.flatMap(({ body }) => (body.order ? [body.order.id] : [])));
    expect(ids.size).toBe(1);
    await books.whenClosed(60_000);
    const after = await books.of(cap);
    expect(after).toEqual({
      stock: before.stock - 2,
      reserved: 0,
      sold: before.sold + 2,
      paidOrders: before.paidOrders + 1,
      wrongCharges: 0,
      heldReservations: 0,
    });
    expect((await customer.send('GET', '/Cart')).body.cart).toEqual([]);
    return responses;
  };
  const others = (responses: readonly StoreResponse[]) =>
    Object.keys(counted(responses)).filter((key) => !['200', '409 CHECKOUT_IN_PROGRESS'].includes(key));

  it('when all requests have one idempotency key', async () => {
    const key = randomUUID();
    expect(others(await clickers('approve', () => key))).toEqual([]);
  }, 90_000);

  it('when each request has its own idempotency key', async () => {
    expect(others(await clickers('approve-slow', () => randomUUID()))).toEqual([]);
  }, 90_000);

  it('when no request has an idempotency key', async () => {
    expect(others(await clickers('approve-slow', () => undefined))).toEqual([]);
  }, 90_000);

  it('when the payment is fast, and later requests find an empty cart', async () => {
    const responses = await clickers('approve', () => undefined);
    expect(others(responses).filter((key) => key !== '400 EMPTY_CART')).toEqual([]);
  }, 90_000);
});
