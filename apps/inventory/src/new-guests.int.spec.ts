import type { User } from '@badger-store/service-kit';
import { Redis } from 'ioredis';
import request from 'supertest';
import { startInventory, type InventoryUnderTest } from './testing/inventory-under-test';

type Guest = Pick<User, 'id' | 'kind' | 'isNewGuest'>;

const day = 24 * 3600;
let inventory: InventoryUnderTest;
let raw: Redis;
let mug: string;

beforeAll(async () => {
  inventory = await startInventory();
  raw = new Redis(inventory.redis.url, { disableClientInfo: true });
  mug = await inventory.stock.addItem(100);
});
afterAll(async () => {
  raw.disconnect();
  await inventory.stop();
});

const newGuest = (id: string): Guest => ({ id, kind: 'guest', isNewGuest: true });
const refreshed = (id: string): Guest => ({ id, kind: 'guest' });

const ask = async (as: Guest, method: 'get' | 'post' | 'patch', path: string, body?: object) => {
  const res = await request(inventory.url)[method](path).set(inventory.headersFor(as)).send(body);
  expect(res.status).toBeLessThan(300);
};
const add = (as: Guest) => ask(as, 'post', '/Cart/Item', { id: mug });
const setQuantity = (as: Guest) => ask(as, 'patch', `/Cart/Item/${mug}`, { quantity: 2 });
const lifeInDays = async (id: string) => Math.round(((await raw.ttl(`{${id}}_cart`)) / day) * 10) / 10;

it('the cart of a new guest lives one day', async () => {
  await add(newGuest('g-1'));
  expect(await lifeInDays('g-1')).toBe(1);
});

it.each<[string, (id: string) => Promise<void>]>([
  ['an add', (id) => add(refreshed(id))],
  ['a read', (id) => ask(refreshed(id), 'get', '/Cart')],
  ['a change of a line', (id) => setQuantity(refreshed(id))],
])('the cart of a guest lives as long as that of a user after %s with a refreshed session', async (what, use) => {
  const id = `g-${what.replaceAll(' ', '-')}`;
  await add(newGuest(id));
  await use(id);
  expect(await lifeInDays(id)).toBe(7);
});

it.each<[string, (id: string) => Promise<void>]>([
  ['an add', (id) => add(newGuest(id))],
  ['a read', (id) => ask(newGuest(id), 'get', '/Cart')],
  ['a change of a line', (id) => setQuantity(newGuest(id))],
])('the life of a cart is not shortened by %s with a userToken from before the refresh', async (what, use) => {
  const id = `g-old-${what.replaceAll(' ', '-')}`;
  await add(refreshed(id));
  await use(id);
  expect(await lifeInDays(id)).toBe(7);
});

it('a change with the ETag of an earlier cart is 412 and changes nothing', async () => {
  const headers = inventory.headersFor(refreshed('g-etag'));
  const send = (method: 'get' | 'post' | 'patch' | 'delete', path: string, ifMatch?: string) => {
    const sent = request(inventory.url)[method](path).set(headers);
    return ifMatch === undefined ? sent : sent.set('If-Match', ifMatch);
  };
  expect((await send('get', '/Cart')).headers.etag).toBe('"0"');
  const earlier = String((await send('post', '/Cart/Item').send({ id: mug })).headers.etag);
  const present = String((await send('post', '/Cart/Item', earlier).send({ id: mug })).headers.etag);
  expect(present).not.toBe(earlier);
  for (const conflict of [
    send('post', '/Cart/Item', earlier).send({ id: mug }),
    send('patch', `/Cart/Item/${mug}`, earlier).send({ quantity: 9 }),
    send('delete', `/Cart/Item/${mug}`, earlier),
    send('delete', '/Cart', earlier),
    send('delete', '/Cart', '"unknown"'),
  ]) {
    const { status, body } = await conflict;
    expect([status, body.code]).toEqual([412, 'CART_VERSION_CONFLICT']);
  }
  const read = await send('get', '/Cart');
  expect([read.headers.etag, read.body.cart]).toEqual([present, [{ id: mug, quantity: 2 }]]);
  expect((await send('delete', '/Cart', '*')).status).toBe(204);
});
