import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@badger-store/stack';
import { freePort, stressTest } from '@badger-store/test-kit';
import { openBooks, type Books } from '../support/books';
import { newGuest, send, type Answer, type Customer } from '../support/customer';
import { startReplica, type Replica } from '../support/program';
import { openShop } from '../support/shop';

const mug = 'badger-enamel-mug';
const cap = 'long-claw-mittens';
let shop: Stack;
let books: Books;
let replicas: Replica[];
let url: string;

beforeAll(async () => {
  shop = await openShop();
  const { ports } = shop;
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const database = (user: string) => `postgres://${user}:${user}@127.0.0.1:${ports.postgres}/badger_store`;
  books = openBooks(database('postgres'));
  const gatewayPort = await freePort();
  url = local(gatewayPort);
  const stored = (service: string) => ({
    ...{ HOST: '127.0.0.1', REDIS_URL: `redis://127.0.0.1:${ports.redis}`, DATABASE_URL: database(service) },
    JWKS_URL: `${local(ports.gateway)}/.well-known/jwks.json`,
    GATEWAY_ADMIN_URL: local(ports.gateway),
    FIRST_PARTY_ORIGINS: `${local(ports.gateway)},${url}`,
    RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
    RATE_LIMIT_SESSION_PER_MINUTE: '10000000',
    RATE_LIMIT_AUTH_PER_MINUTE: '100000',
  });
  const inventory = await startReplica('inventory', await freePort(), {
    ...stored('inventory'),
    CHECKOUT_URL: local(ports.checkout),
  });
  const inventories = `${local(ports.inventory)},${inventory.url}`;
  const checkout = await startReplica('checkout', await freePort(), {
    ...stored('checkout'),
    INVENTORY_URL: inventories,
  });
  const gateway = await startReplica('gateway', gatewayPort, {
    ...stored('gateway'),
    INVENTORY_URL: inventories,
    CHECKOUT_URL: `${local(ports.checkout)},${checkout.url}`,
  });
  replicas = [gateway, checkout, inventory];
});
afterAll(async () => {
  await books.close();
  for (const replica of replicas) await replica.stop();
  await shop.stop();
});

const times = <Result>(count: number, make: (n: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));
const counted = (answers: readonly Answer[]) => {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const key = `${status} ${String(body.code ?? '')}`.trim();
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};
/** On a busy machine some are told to come again; that is no answer yet. */
async function payUntilKnown(customer: Customer): Promise<Answer> {
  let answer = await payWith(customer, undefined);
  for (let tries = 0; answer.status === 503 && tries < 20; tries += 1) {
    await sleep(500);
    answer = await payWith(customer, undefined);
  }
  return answer;
}

const payWith = (customer: Customer, key: string | undefined, token = 'approve') =>
  customer.send(
    'PATCH',
    '/Cart/checkout',
    { payment: { method: 'test', token } },
    { origin: shop.url, ...(key === undefined ? {} : { 'idempotency-key': key }) },
  );

stressTest(
  '200 buyers of an item of which there are 50 pieces, all at once, through two inventories and two checkouts: 50 are sold, 150 are told',
  async () => {
    const buyers = await times(200, () => newGuest(url, shop.url));
    for (const buyer of buyers) expect((await buyer.add(mug)).status).toBe(201);
    await books.setStock(mug, 50);

    const answers = await Promise.all(buyers.map(payUntilKnown));
    expect(counted(answers)).toEqual({ '200': 50, '409 OUT_OF_STOCK': 150 });
    for (const { status, body } of answers) {
      if (status === 409) expect(body.lines).toEqual([{ id: mug, requested: 1, available: 0 }]);
    }
    await books.whenClosed(60_000);
    expect(await books.of(mug)).toEqual({
      ...{ stock: 0, reserved: 0, sold: 50, paidOrders: 50, wrongCharges: 0, heldReservations: 0 },
    });
    const { body } = await send(url, 'GET', `/inventory/items/${mug}`);
    expect(body.available).toBe(0);
    return { buyers: 200, sold: 50, refused: 150 };
  },
  120_000,
);

describe('clicked fifty times at once, a checkout is one order and one charge', () => {
  const clickers = async (token: string, keyOf: (n: number) => string | undefined) => {
    const customer = await newGuest(url, shop.url);
    expect((await customer.add(cap, 2)).status).toBe(201);
    await books.setStock(cap, 100);
    const before = await books.of(cap);
    const answers = await times(50, (n) => payWith(customer, keyOf(n), token));
    const ids = new Set(answers.flatMap(({ body }) => (body.order ? [body.order.id] : [])));
    expect(ids.size).toBe(1);
    await books.whenClosed(60_000);
    const after = await books.of(cap);
    expect(after).toEqual({
      ...{ stock: before.stock - 2, reserved: 0, sold: before.sold + 2, paidOrders: before.paidOrders + 1 },
      ...{ wrongCharges: 0, heldReservations: 0 },
    });
    expect((await customer.send('GET', '/Cart')).body.cart).toEqual([]);
    return answers;
  };
  const others = (answers: readonly Answer[]) =>
    Object.keys(counted(answers)).filter((key) => !['200', '409 CHECKOUT_IN_PROGRESS'].includes(key));

  it('under one key: the others are told so, or get the same order', async () => {
    const key = randomUUID();
    expect(others(await clickers('approve', () => key))).toEqual([]);
  }, 90_000);

  it('under a key each: likewise, while the payment runs', async () => {
    expect(others(await clickers('approve-slow', () => randomUUID()))).toEqual([]);
  }, 90_000);

  it('without keys: likewise, while the payment runs', async () => {
    expect(others(await clickers('approve-slow', () => undefined))).toEqual([]);
  }, 90_000);

  it('without keys, and paid at once: whoever comes later still finds an empty cart', async () => {
    const answers = await clickers('approve', () => undefined);
    expect(others(answers).filter((key) => key !== '400 EMPTY_CART')).toEqual([]);
  }, 90_000);
});
