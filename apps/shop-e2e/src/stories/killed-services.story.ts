import type { Stack } from '@badger-store/stack';
import { until } from '@badger-store/test-kit';
import { newGuest, send } from '../support/customer';
import { openFaultyShop, type FaultyShop } from '../support/faulty-shop';

let shop: Stack;
let redis: FaultyShop['redis'];
beforeAll(async () => {
  ({ stack: shop, redis } = await openFaultyShop());
});

const mug = 'badger-enamel-mug';
const killed = (service: 'gateway' | 'inventory' | 'checkout') => {
  const pid = shop.services[service].pid();
  if (pid === undefined) throw new Error(`${service} does not run`);
  process.kill(pid, 'SIGKILL');
};
const responses = async (path: string) => {
  try {
    return (await send(shop.url, 'GET', path)).status < 500;
  } catch {
    return false;
  }
};

describe('a service that is killed', () => {
  it('comes back: a guest’s token still works, and the cart is as it was', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug, 3);
    killed('gateway');
    await until('the gateway is gone', async () => !(await responses('/livez')));
    await until('the gateway is back', () => responses('/livez'));
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([{ id: mug, quantity: 3 }]);
    killed('inventory');
    await until('inventory is gone', async () => !(await responses('/inventory/items')));
    expect((await guest.send('GET', '/orders')).status).toBe(200);
    await until('inventory is back', () => responses('/inventory/items'));
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([{ id: mug, quantity: 3 }]);
  });

  it('while a payment runs leaves an open order; the next checkout ends it, and charges once', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const cut = guest.pay('approve-slow');
    await until('the order is pending', async () => (await guest.send('GET', '/orders')).body.orders?.length === 1);
    killed('checkout');
    expect((await cut).status).toBe(502);
    await until('checkout is back', async () => (await guest.send('GET', '/orders')).status === 200);
    await until(
      'the lease has ended and the checkout goes through',
      async () => (await guest.pay('approve')).status === 200,
    );
    const { body } = await guest.send('GET', '/orders?status=paid');
    expect(body.orders).toHaveLength(1);
    expect((await guest.send('GET', '/orders?status=cancelled')).body.orders).toHaveLength(1);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([]);
  });
});

describe('without Redis', () => {
  it('cart requests get 503 within a second, the catalogue still responds, and the cart recovers automatically', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    redis.process.kill('SIGSTOP');
    const startedAt = Date.now();
    const [read, add, checkout] = await Promise.all([guest.send('GET', '/Cart'), guest.add(mug), guest.pay('approve')]);
    expect([read.status, add.status, checkout.status]).toEqual([503, 503, 503]);
    expect(Date.now() - startedAt).toBeLessThan(1500);
    expect(read.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(read.body)).not.toContain('127.0.0.1');
    expect((await send(shop.url, 'GET', '/inventory/items')).status).toBe(200);
    expect((await send(shop.url, 'GET', '/readyz')).status).toBe(200);

    redis.process.kill('SIGCONT');
    await until('the cart can be read again', async () => (await guest.send('GET', '/Cart')).status === 200);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([{ id: mug, quantity: 1 }]);
  });
});
