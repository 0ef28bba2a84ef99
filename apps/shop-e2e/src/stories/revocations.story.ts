import type { Stack } from '@badger-store/stack';
import { until } from '@badger-store/test-kit';
import { newGuest, send, type Customer } from '../support/customer';
import { openSharedShop } from '../support/shop';

let shop: Stack;
beforeAll(async () => {
  shop = await openSharedShop();
});

const mug = 'badger-enamel-mug';
const statusAt = async (service: 'gateway' | 'inventory' | 'checkout', path: string, customer?: Customer) => {
  const headers = customer && { authorization: `Bearer ${customer.token}` };
  const { status, body } = await send(`http://127.0.0.1:${shop.ports[service]}`, 'GET', path, undefined, headers);
  return body.code === undefined ? String(status) : `${status} ${body.code}`;
};

it('every service refuses a userToken when its session has ended', async () => {
  const guest = await newGuest(shop.url);
  await guest.add(mug);
  expect((await guest.send('POST', '/auth/logout')).status).toBe(204);
  // The gateway that ended the session knows at once.
  expect(await statusAt('gateway', '/Cart', guest)).toBe('401 INVALID_TOKEN');
  await until('inventory refuses', async () => (await statusAt('inventory', '/Cart', guest)) === '401 INVALID_TOKEN');
  await until('checkout refuses', async () => (await statusAt('checkout', '/orders', guest)) === '401 INVALID_TOKEN');
});

it('no customer and no stranger can read the revocations', async () => {
  const guest = await newGuest(shop.url);
  expect(await statusAt('gateway', '/internal/revocations')).toBe('401 NO_TOKEN');
  expect(await statusAt('gateway', '/internal/revocations', guest)).toBe('401 INVALID_TOKEN');
});

it('without a gateway carts and catalogue go on, and orders and checkout do not', async () => {
  const guest = await newGuest(shop.url);
  await guest.add(mug);
  expect(await statusAt('checkout', '/orders', guest)).toBe('200');
  const pid = shop.services.gateway.pid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    const isStale = async () => (await statusAt('checkout', '/orders', guest)) === '503 REVOCATIONS_STALE';
    await until('orders are refused', isStale, 20_000);
    const paid = await send(
      `http://127.0.0.1:${shop.ports.checkout}`,
      'PATCH',
      '/Cart/checkout',
      { payment: { method: 'test', token: 'approve' } },
      { authorization: `Bearer ${guest.token}`, origin: shop.url },
    );
    expect([paid.status, paid.body.code]).toEqual([503, 'REVOCATIONS_STALE']);
    expect(await statusAt('inventory', '/Cart', guest)).toBe('200');
    expect(await statusAt('inventory', '/inventory/items')).toBe('200');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await until('orders are served again', async () => (await statusAt('checkout', '/orders', guest)) === '200', 20_000);
  expect((await guest.pay('approve')).status).toBe(200);
});
