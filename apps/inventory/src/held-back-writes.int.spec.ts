import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startInventory, type InventoryUnderTest } from './testing/inventory-under-test';

let inventory: InventoryUnderTest;
let raw: Redis;
let id: string;

beforeAll(async () => {
  inventory = await startInventory();
  raw = new Redis(inventory.redis.url, { disableClientInfo: true });
  id = await inventory.stock.addItem(1);
  expect((await add()).status).toBe(201);
});
afterAll(async () => {
  raw.disconnect();
  await inventory.stop();
});

const add = () =>
  fetch(`${inventory.url}/Cart/Item`, {
    method: 'POST',
    headers: inventory.headers,
    body: JSON.stringify({ id, quantity: 1 }),
  });
const addMany = async () => (await Promise.all(Array.from({ length: 20 }, add))).map(({ status }) => status);
const quantity = async () => {
  const response = await fetch(`${inventory.url}/Cart`, { headers: inventory.headers });
  return ((await response.json()) as { cart: { quantity: number }[] }).cart[0]?.quantity;
};
const created = Array.from({ length: 20 }, () => 201);

it('no add fails while Redis holds writes back for 600 ms, and each is made once', async () => {
  const before = (await quantity()) ?? 0;
  await raw.client('PAUSE', 600, 'WRITE');
  expect(await addMany()).toEqual(created);
  expect(await quantity()).toBe(before + 20);
});

it('no add fails while Redis refuses writes for 300 ms, and each is made once', async () => {
  const before = (await quantity()) ?? 0;
  await raw.config('SET', 'min-replicas-to-write', '1');
  const adding = addMany();
  await sleep(300);
  await raw.config('SET', 'min-replicas-to-write', '0');
  expect(await adding).toEqual(created);
  expect(await quantity()).toBe(before + 20);
});

it('adds respond 503 while Redis refuses writes for longer', async () => {
  await raw.config('SET', 'min-replicas-to-write', '1');
  try {
    expect(new Set(await addMany())).toEqual(new Set([503]));
  } finally {
    await raw.config('SET', 'min-replicas-to-write', '0');
  }
});
