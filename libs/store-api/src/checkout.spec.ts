import { checkoutBody, checkoutHeaders, paymentMethods } from './checkout';

const all = checkoutBody(paymentMethods);
const fits = (payment: unknown) => all.safeParse({ payment }).success;
const getIssues = (body: unknown, schema = all) =>
  schema.safeParse(body).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
const good = { payment: { method: 'test', token: 'approve' } };

describe('a payment', () => {
  it.each([
    ['test', 'approve'],
    ['test', 'approve-slow'],
    ['test', 'decline'],
    ['test', 'decline-insufficient-funds'],
    ['test', 'hang'],
    ['test', 'crash-after-charging'],
    ['test', 'timeout-after-charging'],
    ['invoice', 'PO 4711/2026 – Dachsbau GmbH'],
    ['invoice', '🦡'.repeat(64)],
    ['invoice', ''],
    ['stripe', 'pm_card_visa'],
    ['stripe', `pm_${'x'.repeat(250)}`],
  ])('by %s may have the token %s', (method, token) => {
    expect(all.parse({ payment: { method, token } })).toEqual({ payment: { method, token } });
  });

  it('by invoice needs no reference', () => {
    expect(all.parse({ payment: { method: 'invoice' } }).payment).toEqual({ method: 'invoice', token: '' });
  });

  it.each([
    ['test', 'approve '],
    ['test', undefined],
    ['test', 'pm_card_visa'],
    ['invoice', 'x'.repeat(65)],
    ['invoice', 'a\nb'],
    ['invoice', 'a\u2028b'],
    ['invoice', 'a\0'],
    ['invoice', '\ud800'],
    ['invoice', null],
    ['invoice', 7],
    ['stripe', undefined],
    ['stripe', 'pm_'],
    ['stripe', 'tok_visa'],
    ['stripe', 'pm_card_visa\n'],
    ['stripe', 'pm_a/confirm'],
    ['stripe', `pm_${'x'.repeat(251)}`],
    ['cash', 'approve'],
    ['__proto__', 'approve'],
    [undefined, 'approve'],
  ])('by %s has no token %j', (method, token) => {
    expect(fits({ method, token })).toBe(false);
    expect(getIssues({ payment: { method, token } })).toEqual([expect.stringMatching(/^payment\.(method|token): \S/)]);
  });

  it('is by a method that the store offers, and says which those are', () => {
    const store = checkoutBody(['invoice', 'stripe']);
    expect(getIssues({ payment: { method: 'stripe', token: 'pm_1' } }, store)).toBeUndefined();
    expect(getIssues(good, store)).toEqual([
      "payment.method: Invalid discriminator value. Expected 'invoice' | 'stripe'",
    ]);
    expect(() => checkoutBody([])).toThrow('a store offers a payment method');
  });

  it.each([[{}], [{ payment: null }], [{ payment: [] }], [{ payment: { ...good.payment, amount: 1 } }], [null], ['x']])(
    'has no other form: %j',
    (body) => {
      expect(getIssues(body)).toHaveLength(1);
    },
  );
});

describe('the total that the customer was shown', () => {
  it.each([{ amount: 0, currency: 'EUR' }, { amount: 4200, currency: 'JPY' }, undefined])('may be %j', (total) => {
    expect(all.parse({ ...good, expectedTotal: total }).expectedTotal).toEqual(total);
  });

  it.each([
    null,
    4200,
    {},
    { amount: 4200 },
    { amount: -1, currency: 'EUR' },
    { amount: 1.5, currency: 'EUR' },
    { amount: '1', currency: 'EUR' },
    { amount: 2 ** 53, currency: 'EUR' },
    { amount: 1, currency: 'eur' },
    { amount: 1, currency: 'EURO' },
    { amount: 1, currency: 'EUR', tax: 1 },
  ])('is not %j', (expectedTotal) => {
    expect(getIssues({ ...good, expectedTotal })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^expectedTotal(\.(amount|currency))?: \S/)]),
    );
  });
});

describe('an idempotency key', () => {
  it.each([
    ['k-1_A', 'k-1_A'],
    ['"k-1_A"', 'k-1_A'],
    ['x'.repeat(64), 'x'.repeat(64)],
    [undefined, undefined],
  ])('may be %s', (sent, key) => {
    expect(checkoutHeaders.parse({ 'idempotency-key': sent })['idempotency-key']).toBe(key);
  });

  it.each(['', '""', 'a b', 'x'.repeat(65), 'ä', 'a,b'])('is not %j', (sent) => {
    expect(checkoutHeaders.safeParse({ 'idempotency-key': sent }).success).toBe(false);
  });
});
