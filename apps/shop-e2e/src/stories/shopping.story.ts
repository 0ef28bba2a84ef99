import type { Stack } from '@badger-store/stack';
import { until } from '@badger-store/test-kit';
import { newGuest, send, type Customer } from '../support/customer';
import { openSharedShop } from '../support/shop';

let shop: Stack;
beforeAll(async () => {
  shop = await openSharedShop();
});

const mug = 'badger-enamel-mug';

describe('the catalogue', () => {
  it('is open to anyone, in pages that together are the whole of it, each item once', async () => {
    const seen: string[] = [];
    const categories = new Set<string>();
    let cursor: unknown = '';
    for (let page = 0; cursor !== null && page < 20; page += 1) {
      const { status, body } = await send(
        shop.url,
        'GET',
        `/inventory/items?limit=7${cursor ? `&cursor=${String(cursor)}` : ''}`,
      );
      expect(status).toBe(200);
      for (const item of body.items ?? []) {
        seen.push(item.id);
        categories.add(item.category);
      }
      cursor = body.nextCursor;
    }
    expect(seen.length).toBeGreaterThanOrEqual(40);
    expect(new Set(seen).size).toBe(seen.length);
    expect(categories.size).toBe(6);
  });

  it('is searched by words and by category', async () => {
    const { body } = await send(shop.url, 'GET', '/inventory/items?search=ENAMEL%20mug&category=kitchen');
    expect(body.items?.map(({ id }) => id)).toContain(mug);
    expect((await send(shop.url, 'GET', '/inventory/items?search=mug&category=books')).body.items).toEqual([]);
    expect((await send(shop.url, 'GET', '/inventory/items?search=%25_')).body.items).toEqual([]);
  });

  it('has a picture of every item', async () => {
    const { body } = await send(shop.url, 'GET', `/inventory/items/${mug}`);
    const picture = await send(shop.url, 'GET', String(body.imageUrl));
    expect(picture.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(String(picture.body.text)).toMatch(/^<svg/);
  });

  it.each(['/inventory/items/no-such-item', '/inventory/items/__proto__', '/inventory/items/x/picture.svg'])(
    'says that there is no %s',
    async (path) => {
      expect((await send(shop.url, 'GET', path)).status).toBe(404);
    },
  );

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'cursor=%00',
    'cursor=W10',
    `search=${'x'.repeat(101)}`,
    'ids=%2e%2e%2f',
  ])('refuses a query with %s', async (query) => {
    const { status, body } = await send(shop.url, 'GET', `/inventory/items?${query}`);
    expect(status).toBe(400);
    expect(body.errors?.length).toBeGreaterThan(0);
  });
});

describe('a guest', () => {
  it('fills a cart in one service, pays in another, and finds the order again', async () => {
    const guest = await newGuest(shop.url);
    expect((await guest.send('GET', '/auth/me')).body).toEqual({ id: guest.id, kind: 'guest' });
    expect((await guest.send('GET', '/Cart')).body).toEqual({ cart: [] });
    expect((await guest.add(mug)).status).toBe(201);
    const added = await guest.add('badger-enamel-mug', 2);
    expect(added.body).toEqual({ message: 'OK', cart: [{ id: mug, quantity: 3 }] });
    expect((await guest.send('PATCH', `/Cart/Item/${mug}`, { quantity: 2 })).body.cart).toEqual([
      { id: mug, quantity: 2 },
    ]);

    const paid = await guest.pay('approve');
    expect(paid.status).toBe(200);
    expect(paid.body.message).toBe('Thanks for shopping with us!');
    expect(paid.body.order).toMatchObject({ status: 'paid', total: { amount: 2900, currency: 'EUR' } });
    expect(paid.body.order?.lines).toEqual([
      {
        id: mug,
        name: 'Badger Enamel Mug',
        quantity: 2,
        unitPrice: { amount: 1450, currency: 'EUR' },
        lineTotal: { amount: 2900, currency: 'EUR' },
      },
    ]);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([]);
    expect((await guest.send('GET', '/orders')).body).toEqual({ orders: [paid.body.order], nextCursor: null });
    expect((await guest.send('GET', `/orders/${paid.body.order?.id}`)).body).toEqual(paid.body.order);
  });

  it('never sees the orders of another', async () => {
    const [one, other] = [await newGuest(shop.url), await newGuest(shop.url)];
    await one.add(mug);
    const { body } = await one.pay('approve');
    expect((await other.send('GET', `/orders/${body.order?.id}`)).status).toBe(404);
    expect((await other.send('GET', '/orders')).body.orders).toEqual([]);
  });

  it('removes lines, and empties the cart', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    expect((await guest.send('DELETE', `/Cart/Item/${mug}`)).body).toEqual({ message: 'OK', cart: [] });
    expect((await guest.send('DELETE', `/Cart/Item/${mug}`)).status).toBe(404);
    expect((await guest.send('PATCH', `/Cart/Item/${mug}`, { quantity: 1 })).status).toBe(404);
    await guest.add(mug);
    expect((await guest.send('DELETE', '/Cart')).status).toBe(204);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([]);
  });
});

describe('an add with an Idempotency-Key', () => {
  const add = (guest: Customer, key: string, quantity = 1) =>
    guest.send('POST', '/Cart/Item', { id: mug, quantity }, { 'idempotency-key': key });

  it('adds once, however often it is sent', async () => {
    const guest = await newGuest(shop.url);
    const responses = await Promise.all(Array.from({ length: 30 }, () => add(guest, 'lost-response-1')));
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 201));
    expect((await add(guest, '"lost-response-1"')).body.cart).toEqual([{ id: mug, quantity: 1 }]);
    expect((await add(guest, 'another')).body.cart).toEqual([{ id: mug, quantity: 2 }]);
  });

  it('is refused when the key stands for another one, or is none', async () => {
    const guest = await newGuest(shop.url);
    await add(guest, 'key');
    const reused = await add(guest, 'key', 2);
    expect([reused.status, reused.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    for (const key of ['a b', 'x'.repeat(65), '"']) expect((await add(guest, key)).status).toBe(400);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([{ id: mug, quantity: 1 }]);
  });
});

describe('five hundred adds at once', () => {
  it('by one user through the gateway leave a quantity of five hundred', async () => {
    const guest = await newGuest(shop.url);
    const responses = await Promise.all(Array.from({ length: 500 }, () => guest.add(mug)));
    expect(responses.filter(({ status }) => status !== 201)).toEqual([]);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([{ id: mug, quantity: 500 }]);
  });
});

describe('a checkout', () => {
  it('of an empty cart is refused', async () => {
    const { status, body } = await (await newGuest(shop.url)).pay('approve');
    expect(status).toBe(400);
    expect(body.detail).toBe('There are no items in your cart!');
  });

  it('with a slow payment leaves in the cart what is added while it runs, and lets no second one begin', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const paying = guest.pay('approve-slow');
    await until('the order is pending', async () => (await guest.send('GET', '/orders')).body.orders?.length === 1);
    expect((await guest.add('badger-enamel-mug', 4)).body.cart).toEqual([{ id: mug, quantity: 5 }]);
    const second = await guest.pay('approve');
    expect([second.status, second.body.code]).toEqual([409, 'CHECKOUT_IN_PROGRESS']);
    expect((await paying).status).toBe(200);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([{ id: mug, quantity: 4 }]);
  });

  it('that is declined is refused, leaves the cart as it was, and can be tried again', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const declined = await guest.pay('decline');
    expect([declined.status, declined.body.code]).toEqual([402, 'PAYMENT_DECLINED']);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([{ id: mug, quantity: 1 }]);
    expect((await guest.send('GET', '/orders?status=declined')).body.orders).toHaveLength(1);
    expect((await guest.pay('approve')).status).toBe(200);
  });

  it('whose payment hangs has an unknown outcome; the next one cancels it and charges once', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const unknown = await guest.pay('hang');
    expect(unknown.status).toBe(503);
    expect(unknown.headers.get('retry-after')).toBe('5');
    const pending = await guest.send('GET', `/orders/${String(unknown.body.orderId)}`);
    expect(pending.body.status).toBe('pending');
    await guest.add(mug);

    const paid = await guest.pay('approve');
    expect(paid.status).toBe(200);
    expect(paid.body.order?.id).not.toBe(unknown.body.orderId);
    expect(paid.body.order?.lines).toMatchObject([{ id: mug, quantity: 2 }]);
    expect((await guest.send('GET', `/orders/${String(unknown.body.orderId)}`)).body.status).toBe('cancelled');
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([]);
  });

  it('of more than is in stock names the lines and changes nothing', async () => {
    const guest = await newGuest(shop.url);
    await guest.add('winter-sett-jumper', 41);
    await guest.add(mug);
    const { status, body } = await guest.pay('approve');
    expect([status, body.code]).toEqual([409, 'OUT_OF_STOCK']);
    expect(body.lines).toEqual([{ id: 'winter-sett-jumper', requested: 41, available: 40 }]);
    expect((await guest.send('GET', '/Cart')).body.cart).toHaveLength(2);
  });

  it('of a sold-out item is not possible, because the item can not be added to the cart', async () => {
    const guest = await newGuest(shop.url);
    const { status, body } = await guest.add('long-claw-mittens', 2);
    expect([status, body.code]).toEqual([409, 'OUT_OF_STOCK']);
    expect(body.lines).toEqual([{ id: 'long-claw-mittens', requested: 2, available: 0 }]);
    expect((await guest.send('GET', '/Cart')).body.cart).toEqual([]);
  });

  it('clicked many times at once makes one order', async () => {
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const responses = await Promise.all(Array.from({ length: 20 }, () => guest.pay('approve')));
    const paid = new Set(responses.filter(({ status }) => status === 200).map(({ body }) => body.order?.id));
    expect(paid.size).toBe(1);
    expect(responses.filter(({ status }) => ![200, 400, 409].includes(status))).toEqual([]);
    expect((await guest.send('GET', '/orders')).body.orders).toHaveLength(1);
  });

  it('is forbidden to requests from an origin that is not first-party', async () => {
    const payment = { payment: { method: 'test', token: 'approve' } };
    const guest = await newGuest(shop.url);
    await guest.add(mug);
    const from = (headers: Record<string, string>) => guest.send('PATCH', '/Cart/checkout', payment, headers);
    expect((await from({ origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await from({ origin: 'null' })).status).toBe(403);
    expect((await from({ origin: `${shop.url}.elsewhere.example` })).status).toBe(403);
    const elsewhere = await newGuest(shop.url, null);
    await elsewhere.add(mug);
    const refused = await elsewhere.pay('approve');
    expect([refused.status, refused.body.code]).toEqual([403, 'MISSING_SCOPE']);
  });
});
