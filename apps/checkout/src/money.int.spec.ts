import { startCheckoutService, type CheckoutService } from './testing/checkout-service';

let checkout: CheckoutService;
beforeAll(async () => {
  checkout = await startCheckoutService();
});
afterAll(() => checkout.stop());

describe('a checkout that cannot be charged', () => {
  it.each([
    ['in two currencies', { mug: 1, 'dollar-mug': 1 }, 409, 'MIXED_CURRENCIES', ['mug', 'dollar-mug']],
    ['with a price below zero', { mug: 1, 'negative-mug': 1 }, 409, 'INVALID_PRICE', ['negative-mug']],
    ['with half a cent', { mug: 1, 'half-mug': 2 }, 409, 'INVALID_PRICE', ['half-mug']],
    ['with a total over 2^53-1', { 'golden-mug': 1, mug: 1 }, 422, 'TOTAL_TOO_LARGE', ['golden-mug', 'mug']],
    ['with a line over 2^53-1', { 'golden-mug': 999 }, 422, 'TOTAL_TOO_LARGE', ['golden-mug']],
  ] as const)(
    '%s is refused, names the lines, and leaves the cart as it was',
    async (_what, cart, status, code, ids) => {
      const guest = checkout.newId('g');
      for (const [id, quantity] of Object.entries(cart)) await checkout.cartCache.add(guest, id, quantity);
      for (let i = 0; i < 2; i += 1) {
        const response = await checkout.checkOut(guest, { method: 'test', token: 'approve' });
        expect(response.body).toMatchObject({ status, code });
        expect((response.body as { lines: { id: string }[] }).lines.map(({ id }) => id)).toEqual(ids);
      }
      expect(await checkout.cartCache.get(guest)).toEqual(
        Object.entries(cart).map(([id, quantity]) => ({ id, quantity })),
      );
    },
  );

  it('goes through once the lines that are named are removed', async () => {
    const guest = checkout.newId('g');
    await checkout.cartCache.add(guest, 'mug');
    await checkout.cartCache.add(guest, 'dollar-mug');
    const headers = { 'Idempotency-Key': 'key-1' };
    const payment = { method: 'test', token: 'approve' };
    expect((await checkout.checkOut(guest, payment, headers)).status).toBe(409);
    await checkout.cartCache.remove(guest, 'dollar-mug');
    expect((await checkout.checkOut(guest, payment, headers)).body).toMatchObject({
      order: { total: { amount: 100, currency: 'EUR' } },
    });
  });
});
