import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@badger-store/stack';
import { stressOnly, stressTest, scale, until } from '@badger-store/test-kit';
import { openBooks, type Books } from '../support/books';
import { newGuest, type StoreResponse, type Customer } from '../support/customer';
import { openFaultyShop, type FaultyShop } from '../support/faulty-shop';

const item = 'badger-enamel-mug';
const stockBefore = 100_000;
const buyers = scale(10, 40);
const lostMs = scale(1500, 6000);
/** Longer than the deadlines of all requests that the services send. */
const pausedMs = 10_000;
/** No request takes longer than the gateway's deadline for a checkout. */
const maxMs = 16_000;

let faulty: FaultyShop;
let shop: Stack;
let books: Books;

beforeAll(async () => {
  faulty = await openFaultyShop();
  shop = faulty.stack;
  books = openBooks(faulty.databaseUrl);
});
afterAll(() => books.close());

/** Fills a cart and pays, repeatedly; the databases show what came of it. */
async function shopUntil(
  hasEnded: () => boolean,
  customer: Customer,
  seen: (response: StoreResponse, ms: number) => void,
) {
  while (!hasEnded()) {
    for (const act of [() => customer.add(item), () => customer.pay('approve')]) {
      const startedAt = Date.now();
      seen(await act(), Date.now() - startedAt);
    }
    await sleep(scale(100, 10));
  }
}

const clear = new Set([
  '200',
  '201',
  '400 EMPTY_CART',
  '409 CHECKOUT_IN_PROGRESS',
  '503 POSTGRES_UNAVAILABLE',
  '503 INVENTORY_UNAVAILABLE',
  // A service that restarts sends this until it has read the revocation list.
  '503 REVOCATIONS_STALE',
  // A service that was paused between a command and Redis's reply sends this.
  '503 REDIS_UNAVAILABLE',
  '503 CHECKOUT_OUTCOME_UNKNOWN',
  '503 UPSTREAM_DOWN',
  '502 UPSTREAM_FAILED',
  '504 UPSTREAM_TIMEOUT',
]);

/** Customers shop before, during and after an outage; then stock, orders and charges must agree. */
async function whileShopping(lose: () => Promise<void>, comeBack: () => Promise<void>, outageMs = lostMs) {
  await books.setStock(item, stockBefore);
  const before = await books.of(item);
  const customers = await Promise.all(Array.from({ length: buyers }, () => newGuest(shop.url)));
  const counts: Record<string, number> = {};
  let longestMs = 0;
  let hasEnded = false;
  const seen = ({ status, body, headers }: StoreResponse, ms: number) => {
    const key = `${status} ${status < 400 ? '' : String(body.code)}`.trim();
    counts[key] = (counts[key] ?? 0) + 1;
    longestMs = Math.max(longestMs, ms);
    if (status === 503) expect([key, headers.get('retry-after')]).toEqual([key, expect.stringMatching(/^\d+$/)]);
  };
  const shopping = Promise.all(customers.map((customer) => shopUntil(() => hasEnded, customer, seen)));
  await sleep(500);
  await lose();
  await sleep(outageMs);
  await comeBack();
  await until('a new customer can pay', async () => {
    const customer = await newGuest(shop.url).catch(() => undefined);
    return (await customer?.add(item))?.status === 201 && (await customer?.pay('approve'))?.status === 200;
  });
  hasEnded = true;
  await shopping;

  await books.whenClosed(60_000);
  const after = await books.of(item);
  expect(Object.keys(counts).filter((key) => !clear.has(key))).toEqual([]);
  expect(longestMs).toBeLessThan(maxMs);
  expect({ ...after, paidOrders: 0 }).toEqual({
    stock: stockBefore - (after.sold - before.sold),
    sold: after.sold,
    reserved: 0,
    heldReservations: 0,
    wrongCharges: 0,
    paidOrders: 0,
  });
  const { '200': paid = 0, '201': added = 0, ...others } = counts;
  return { added, paid, refused: Object.values(others).reduce((sum, n) => sum + n, 0), longestMs };
}

const getPid = (service: 'inventory' | 'checkout') => {
  const pid = shop.services[service].pid();
  if (pid === undefined) throw new Error(`${service} does not run`);
  return pid;
};
/** To the server and all of its processes: each is in a group of its own. */
async function signalPostgres(signal: NodeJS.Signals): Promise<void> {
  const pid = faulty.postgres.process.pid ?? 0;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  for (const each of [pid, ...children.trim().split(' ').map(Number)]) process.kill(each, signal);
}
const nothing = () => Promise.resolve();

stressTest(
  'The store responds in time, and completes every order, when PostgreSQL is stopped under load and started again',
  () =>
    whileShopping(
      () => faulty.postgres.stop(),
      () => faulty.startPostgres(),
    ),
  120_000,
);

stressOnly(
  'The store responds in time, and completes every order, when PostgreSQL crashes under load',
  () =>
    whileShopping(
      () => faulty.postgres.stop('SIGQUIT'),
      () => faulty.startPostgres(),
    ),
  120_000,
);

stressOnly(
  'The store responds in time, and completes every order, when PostgreSQL is paused under load',
  () =>
    whileShopping(
      () => signalPostgres('SIGSTOP'),
      () => signalPostgres('SIGCONT'),
      pausedMs,
    ),
  120_000,
);

stressOnly(
  'The store responds in time, and completes every order, when inventory is paused during checkouts',
  () => {
    const pid = getPid('inventory');
    return whileShopping(
      async () => void process.kill(pid, 'SIGSTOP'),
      async () => void process.kill(pid, 'SIGCONT'),
      pausedMs,
    );
  },
  120_000,
);

stressOnly(
  'The store responds in time, and completes every order, when inventory is killed during checkouts',
  () => whileShopping(async () => void process.kill(getPid('inventory'), 'SIGKILL'), nothing),
  120_000,
);

stressOnly(
  'The store responds in time, and completes every order, when checkout is killed during checkouts',
  () => whileShopping(async () => void process.kill(getPid('checkout'), 'SIGKILL'), nothing),
  120_000,
);

it('a checkout whose payment hangs responds 503 with the order id, and the sweeper cancels the order', async () => {
  const customer = await newGuest(shop.url);
  await customer.add(item, 2);
  const response = await customer.pay('hang');
  expect(response).toMatchObject({ status: 503, body: { code: 'CHECKOUT_OUTCOME_UNKNOWN' } });
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  const order = async () => (await customer.send('GET', `/orders/${String(response.body.orderId)}`)).body;
  expect(await order()).toMatchObject({ status: 'pending' });

  await books.whenClosed(20_000);
  expect(await order()).toMatchObject({ status: 'cancelled' });
  expect(await books.of(item)).toMatchObject({ reserved: 0, heldReservations: 0, wrongCharges: 0 });
  expect((await customer.send('GET', '/Cart')).body.cart).toEqual([{ id: item, quantity: 2 }]);
  expect((await customer.pay('approve')).status).toBe(200);
});

it.each(['timeout-after-charging', 'crash-after-charging'])(
  'the sweeper completes an order whose charge was not confirmed (%s), and the next checkout returns it',
  async (token) => {
    const customer = await newGuest(shop.url);
    await customer.add(item, 2);
    expect([502, 503]).toContain((await customer.pay(token)).status);
    await books.whenClosed(20_000);
    expect((await customer.send('GET', '/Cart')).body.cart).toEqual([]);
    let response = await customer.pay('approve');
    // A service that restarts does not listen yet, and has not read the revocation list yet.
    const isStarting = () => ['UPSTREAM_DOWN', 'REVOCATIONS_STALE'].includes(String(response.body.code));
    await until('checkout has started again', async () => {
      if (isStarting()) response = await customer.pay('approve');
      return !isStarting();
    });
    const { status, body } = response;
    expect([status, body.order?.status]).toEqual([200, 'paid']);
    expect((await customer.send('GET', '/orders')).body.orders).toMatchObject([{ id: body.order?.id }]);
    expect((await customer.pay('approve')).status).toBe(400);
  },
  60_000,
);
