import { operations } from '@badger-store/store-api';
import request from 'supertest';
import { startCheckoutService, type CheckoutService } from './testing/checkout-service';

let checkout: CheckoutService;
beforeAll(async () => {
  checkout = await startCheckoutService(() => ({
    PAYMENT_METHODS: 'invoice,test',
    INVOICE_DUE_DAYS: '30',
    SHIPPING_AMOUNT: '490',
    TAX_BASIS_POINTS: '1000',
  }));
});
afterAll(() => checkout.stop());

const expectDocumented = (id: string, body: unknown) => {
  const schema = operations.find((operation) => operation.id === id)?.response.schema;
  expect(schema?.safeParse(body).error?.issues).toBeUndefined();
};
const euros = (amount: number) => ({ amount, currency: 'EUR' });

describe('GET /Cart/checkout', () => {
  it('quotes lines, shipping, tax and total, and a checkout charges that total', async () => {
    const guest = checkout.newId('g');
    await checkout.cartCache.add(guest, 'mug', 2);
    const { status, body } = await checkout.quote(guest);
    expectDocumented('quoteCheckout', body);
    expect([status, body]).toEqual([
      200,
      {
        lines: [{ id: 'mug', name: 'mug', quantity: 2, unitPrice: euros(100), lineTotal: euros(200) }],
        shortages: [],
        totals: { subtotal: euros(200), shipping: euros(490), tax: euros(69), total: euros(759) },
      },
    ]);
    const { body: bought } = await checkout.checkOut(guest, { method: 'invoice' });
    expect(bought).toMatchObject({ order: (body as { totals: object }).totals });
  });

  it('names what cannot be bought, also what the catalogue no longer has', async () => {
    const guest = checkout.newId('g');
    await checkout.cartCache.add(guest, 'mug', 999);
    await checkout.cartCache.add(guest, 'few-mugs', 3);
    await checkout.cartCache.add(guest, 'gone-mug');
    const { body } = await checkout.quote(guest);
    expectDocumented('quoteCheckout', body);
    expect(body).toMatchObject({
      lines: [{ id: 'mug' }, { id: 'few-mugs' }],
      shortages: [
        { id: 'few-mugs', requested: 3, available: 2 },
        { id: 'gone-mug', requested: 1, available: 0 },
      ],
    });
  });

  it('quotes an empty cart without lines and totals', async () => {
    const { status, body } = await checkout.quote(checkout.newId('g'));
    expectDocumented('quoteCheckout', body);
    expect([status, body]).toEqual([200, { lines: [], shortages: [], totals: null }]);
  });

  it('fails as a checkout would when the prices cannot be charged', async () => {
    const guest = checkout.newId('g');
    await checkout.cartCache.add(guest, 'mug');
    await checkout.cartCache.add(guest, 'dollar-mug');
    expect((await checkout.quote(guest)).body).toMatchObject({ status: 409, code: 'MIXED_CURRENCIES' });
  });

  it('changes nothing: the cart can be changed and checked out, and no order exists', async () => {
    const guest = checkout.newId('g');
    await checkout.cartCache.add(guest, 'mug');
    await Promise.all(Array.from({ length: 5 }, () => checkout.quote(guest)));
    expect(await checkout.db.selectFrom('orders').where('user_id', '=', guest).selectAll().execute()).toEqual([]);
    expect(await checkout.cartCache.get(guest)).toEqual([{ id: 'mug', quantity: 1 }]);
    expect((await checkout.checkOut(guest, { method: 'test', token: 'approve' })).status).toBe(200);
  });

  it('needs a userToken', async () => {
    expect((await request(checkout.url).get('/Cart/checkout')).status).toBe(401);
  });
});

describe('GET /payment-methods', () => {
  it('lists the methods that the store accepts to everybody, and may be cached', async () => {
    const { status, body, headers } = await request(checkout.url).get('/payment-methods');
    expectDocumented('listPaymentMethods', body);
    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=60']);
    expect(body).toMatchObject({
      paymentMethods: [
        { method: 'invoice', dueDays: 30 },
        {
          method: 'test',
          name: 'Test payment',
          tokens: expect.arrayContaining([expect.objectContaining({ token: 'approve' })]),
        },
      ],
    });
  });
});
