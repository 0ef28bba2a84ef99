import { monitor, trafficDuring } from '@badger-store/redis-kit/testing';
import { askOverOneConnection } from '@badger-store/test-kit';
import { startInventory, type InventoryUnderTest } from './testing/inventory-under-test';

const requests = 200;

let inventory: InventoryUnderTest;
let body: string;

beforeAll(async () => {
  inventory = await startInventory();
  const items = await Promise.all(Array.from({ length: 10 }, () => inventory.stock.addItem(1)));
  for (const id of items) await add(1, JSON.stringify({ id }));
  body = JSON.stringify({ id: items[0], quantity: 1 });
  await askForCart(1);
});
afterAll(() => inventory.stop());

const add = (times: number, line = body) =>
  askOverOneConnection(`${inventory.url}/Cart/Item`, { method: 'POST', headers: inventory.headers, body: line }, times);
const askForCart = (times: number) =>
  askOverOneConnection(`${inventory.url}/Cart`, { headers: inventory.headers }, times);

const statements = async () => {
  const metrics = await (await fetch(`${inventory.url}/metrics`)).text();
  const counts = [...metrics.matchAll(/^postgres_query_duration_seconds_count\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
};

const calls: [string, (times: number) => Promise<unknown>][] = [
  ['an add to a cart', add],
  ['a look at a cart', askForCart],
];

it.each(calls)('%s is one command to Redis, and no statement to PostgreSQL', async (_what, ask) => {
  const monitored = await monitor(inventory.redis.url);
  const statementsBefore = await statements();
  const commands = await monitored.during(() => ask(requests));
  monitored.stop();
  const ofCart = commands.filter(({ words }) => words.some((word) => word.includes(inventory.userId)));
  expect(ofCart.map(({ words: [command] }) => command)).toEqual(Array.from({ length: requests }, () => 'evalsha'));
  // Background jobs (pings, the sweep of reservations) run meanwhile, the more the longer it takes.
  expect(commands.length - ofCart.length).toBeLessThan(requests);
  expect((await statements()) - statementsBefore).toBeLessThan(requests);
});

// Bytes for a cart of ten lines with ids of 38 characters. Raise a limit only for a reason.
it.each<[string, (times: number) => Promise<{ bytesReceived: number }>, Record<string, number>]>([
  ['an add to a cart', add, { toRedis: 390, fromRedis: 640, response: 920 }],
  ['a look at a cart', askForCart, { toRedis: 140, fromRedis: 640, response: 900 }],
])('%s takes no more bytes than it may', async (_what, ask, max) => {
  let responses = 0;
  const { received, sent } = await trafficDuring(inventory.redis.url, async () => {
    responses = (await ask(requests)).bytesReceived;
  });
  const bytes = { toRedis: received, fromRedis: sent, response: responses };
  const each = Object.fromEntries(Object.entries(bytes).map(([what, all]) => [what, Math.round(all / requests)]));
  const over = Object.entries(each).filter(([what, count]) => count > (max[what] ?? 0));
  expect(over).toEqual([]);
});
