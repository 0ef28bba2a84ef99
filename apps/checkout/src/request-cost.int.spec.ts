import { monitor } from '@badger-store/redis-kit/testing';
import { startCheckoutService, type CheckoutService } from './testing/checkout-service';

const checkouts = 20;
let checkout: CheckoutService;
beforeAll(async () => {
  // With a longer lease, no extension of a lock is among the commands.
  checkout = await startCheckoutService(() => ({ CHECKOUT_LEASE_SECONDS: '30' }));
});
afterAll(() => checkout.stop());

const newBuyer = async () => {
  const id = checkout.newId('g');
  await checkout.cartCache.add(id, 'mug');
  return id;
};
const buy = async (id: string) => {
  const { status } = await checkout.checkOut(id, { method: 'test', token: 'approve' });
  expect(status).toBe(200);
};

/** Statements so far, by kind. */
const statements = async (): Promise<Record<string, number>> => {
  const metrics = await (await fetch(`${checkout.url}/metrics`)).text();
  const counts = metrics.matchAll(/^postgres_query_duration_seconds_count\{command="(\w+)",outcome="ok"\} (\d+)$/gm);
  return Object.fromEntries([...counts].map(([, kind, count]) => [kind, Number(count)]));
};
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, count) => all + count, 0);

it('a checkout of a customer who comes back is two commands to Redis on the cart, however many orders there were before', async () => {
  const buyer = checkout.newId('g');
  for (let orders = 0; orders < 5; orders += 1) {
    await checkout.cartCache.add(buyer, 'mug');
    await buy(buyer);
  }
  await checkout.cartCache.add(buyer, 'mug');
  const monitored = await monitor(checkout.redisUrl);
  const commands = await monitored.during(() => buy(buyer));
  monitored.stop();
  expect(commands.filter(({ words }) => words[3]?.includes(buyer))).toHaveLength(2);
});

it('a checkout is two commands to Redis on its cart, two rows, and no more statements than it may be', async () => {
  // Redis knows the scripts from now on.
  await buy(await newBuyer());
  const buyers = await Promise.all(Array.from({ length: checkouts }, newBuyer));
  const before = await statements();
  const monitored = await monitor(checkout.redisUrl);
  const commands = await monitored.during(async () => {
    for (const id of buyers) await buy(id);
  });
  monitored.stop();
  const after = await statements();

  const onCarts = commands.filter(({ words }) => buyers.some((id) => words[3]?.includes(id)));
  expect(onCarts.map(({ words: [command] }) => command)).toEqual(
    Array.from({ length: 2 * checkouts }, () => 'evalsha'),
  );
  expect((after.insert ?? 0) - (before.insert ?? 0)).toBe(2 * checkouts);
  // About fifteen; what the sweeps ask meanwhile is among them.
  expect((sum(after) - sum(before)) / checkouts).toBeLessThan(18);
});
