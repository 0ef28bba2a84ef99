import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Stack } from '@badger-store/stack';
import { until } from '@badger-store/test-kit';
import { newGuest, send } from '../support/customer';
import { openSharedShop } from '../support/shop';

let shop: Stack;
beforeAll(async () => {
  shop = await openSharedShop();
});

const mug = 'badger-enamel-mug';
const teapot = 'sett-stoneware-teapot';
const password = 'four badgers in a sett';
let last = 0;
const newEmail = () => `customer-${(last += 1)}@store.example`;

const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  send(shop.url, 'POST', path, body, { origin: shop.url, ...headers });
const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
const fetchCart = async (token: unknown) => (await send(shop.url, 'GET', '/Cart', undefined, bearer(token))).body.cart;
const getIds = (cart?: { id: string; quantity: number }[]) =>
  cart?.map(({ id, quantity }) => `${quantity} ${id}`).sort();

describe('a guest who makes an account', () => {
  it('keeps cart and orders, and finds both on another device', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const bought = await guest.pay('approve');
    await guest.add(teapot, 2);

    const email = newEmail();
    const registered = await post('/auth/register', { email, password }, bearer(guest.token));
    expect(registered.status).toBe(201);
    expect(getIds(await fetchCart(registered.body.userToken))).toEqual([`2 ${teapot}`]);
    const device = await post('/auth/login', { email, password });
    expect(device.body.user).toEqual(registered.body.user);
    expect(getIds(await fetchCart(device.body.userToken))).toEqual([`2 ${teapot}`]);

    const { body } = await send(shop.url, 'GET', '/orders', undefined, bearer(device.body.userToken));
    expect(body.orders?.map(({ id }) => id)).toEqual([bought.body.order?.id]);
    await until('the guest is signed out everywhere', async () => (await guest.send('GET', '/Cart')).status === 401);
  });

  it('in the middle of a payment gets the order as the user, and pays once', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const paying = guest.pay('approve-slow');
    await until('the order is pending', async () => (await guest.send('GET', '/orders')).body.orders?.length === 1);
    const { body } = await post('/auth/register', { email: newEmail(), password }, bearer(guest.token));
    expect((await paying).status).toBe(200);
    const orders = await send(shop.url, 'GET', '/orders', undefined, bearer(body.userToken));
    expect(orders.body.orders).toMatchObject([{ status: 'paid', lines: [{ id: mug, quantity: 1 }] }]);
    const renewed = await post('/auth/refresh', { refreshToken: body.refreshToken });
    expect(await fetchCart(renewed.body.userToken)).toEqual([]);
  });
});

describe('signing out', () => {
  it('is known to every service within a second', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const services = [shop.ports.gateway, shop.ports.inventory].map((port) => ({ port, path: '/Cart' }));
    services.push({ port: shop.ports.checkout, path: '/orders' });
    const statusAt = async ({ port, path }: { port: number; path: string }) =>
      (await send(`http://127.0.0.1:${port}`, 'GET', path, undefined, bearer(guest.token))).status;
    expect(await Promise.all(services.map(statusAt))).toEqual([200, 200, 200]);

    expect((await post('/auth/logout', undefined, bearer(guest.token))).status).toBe(204);
    const since = Date.now();
    await until('all refuse the token', async () =>
      (await Promise.all(services.map(statusAt))).every((status) => status === 401),
    );
    expect(Date.now() - since).toBeLessThan(1000);
  });
});

describe('an API key', () => {
  const apiKeys = async (...args: string[]) => {
    const program = resolve(__dirname, '../../../../dist/apps/gateway/main.js');
    const { gateway, redis, postgres } = shop.ports;
    const env = {
      ...process.env,
      NODE_ENV: 'development',
      LOG_LEVEL: 'warn',
      REDIS_URL: `redis://127.0.0.1:${redis}`,
      DATABASE_URL: `postgres://gateway:gateway@127.0.0.1:${postgres}/badger_store`,
      FIRST_PARTY_ORIGINS: `http://127.0.0.1:${gateway}`,
    };
    const cwd = resolve(__dirname, '../../../..');
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'api-keys', ...args], { env, cwd });
    return stdout;
  };

  it('starts separate sessions with exactly its scopes, until it is revoked', async () => {
    const made = await apiKeys('create', '--name', 'a partner');
    const [key = '', id = ''] = /badger_(\w+?)_[\w-]+/.exec(made) ?? [];
    const session = await post('/auth/guest', undefined, { 'x-api-key': key });
    const other = await post('/auth/guest', undefined, { 'x-api-key': key });
    expect([session.status, other.status]).toEqual([201, 201]);
    expect(session.body.user).not.toEqual(other.body.user);

    const add = () =>
      send(shop.url, 'POST', '/Cart/Item', { id: mug }, bearer(session.body.userToken)).then(({ status }) => status);
    expect(await add()).toBe(201);
    // The Origin is first-party, but the scopes are those of the key.
    const payment = { payment: { method: 'test', token: 'approve' } };
    const fromFirstParty = { ...bearer(session.body.userToken), origin: shop.url };
    const checkout = await send(shop.url, 'PATCH', '/Cart/checkout', payment, fromFirstParty);
    expect([checkout.status, checkout.body.code]).toEqual([403, 'MISSING_SCOPE']);
    expect((await send(shop.url, 'GET', '/orders', undefined, fromFirstParty)).status).toBe(403);

    const listed = await apiKeys('list');
    expect(listed).toContain(`${id}  `);
    expect(listed).not.toContain(key);
    await apiKeys('revoke', id);
    await until('its sessions have ended', async () => (await add()) === 401);
    expect((await post('/auth/refresh', { refreshToken: session.body.refreshToken })).status).toBe(401);
    const refused = await post('/auth/guest', undefined, { 'x-api-key': key });
    expect([refused.status, refused.body.code]).toEqual([401, 'INVALID_API_KEY']);
    expect(await apiKeys('list')).toMatch(new RegExp(`${id}.*revoked`));
  });

  it('without a name cannot be made', async () => {
    await expect(apiKeys('create')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('usage') });
  });
});
