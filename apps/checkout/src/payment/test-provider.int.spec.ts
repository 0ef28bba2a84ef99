import { randomUUID } from 'node:crypto';
import { until } from '@badger-store/test-kit';
import type { PaymentProvider } from '../domain/payment-provider';
import { createTestProvider } from './test-provider';
import { itKeepsThePaymentContract } from './testing/payment-provider-contract';
import { startPaymentTables, type PaymentTables } from './testing/payment-tables';

const crash = jest.fn();
let tables: PaymentTables;
let provider: PaymentProvider;
beforeAll(async () => {
  tables = await startPaymentTables();
  provider = createTestProvider(tables.db, crash);
});
afterAll(() => tables.stop());

const pay = (token: string) => ({ method: 'test', token });
const inTime = () => AbortSignal.timeout(10_000);
const row = (paymentId: string) =>
  tables.db.selectFrom('test_payments').selectAll().where('id', '=', paymentId).executeTakeFirstOrThrow();
const processing = (paymentId: string) =>
  until('the provider is at it', async () => (await row(paymentId)).state === 'processing');
const create = async (token: string) => {
  const total = { amount: 4200, currency: 'EUR' };
  return (await provider.create(randomUUID(), total, pay(token), inTime())).paymentId;
};

describe('the test provider', () => {
  itKeepsThePaymentContract(
    {
      good: pay('approve'),
      declined: [
        ['card_declined', pay('decline')],
        ['insufficient_funds', pay('decline-insufficient-funds')],
      ],
    },
    () => ({ provider, charges: async (paymentId) => (await row(paymentId)).charges }),
  );

  it('keeps what is to be charged, as it was at first', async () => {
    const orderId = randomUUID();
    const { paymentId } = await provider.create(orderId, { amount: 5, currency: 'EUR' }, pay('approve'), inTime());
    const again = await provider.create(orderId, { amount: 6, currency: 'USD' }, pay('hang'), inTime());
    expect(again).toEqual({ paymentId });
    expect(await row(paymentId)).toMatchObject({ amount: '5', currency: 'EUR', token: 'approve' });
  });

  it('charges a slow payment once, and reports it as processing meanwhile', async () => {
    const paymentId = await create('approve-slow');
    const first = provider.confirm(paymentId, inTime());
    await processing(paymentId);
    expect(await provider.confirm(paymentId, inTime())).toEqual({ state: 'processing' });
    expect(await first).toEqual({ state: 'charged' });
    expect((await row(paymentId)).charges).toBe(1);
  });

  it('never charges a slow payment that is cancelled while it is processing', async () => {
    const paymentId = await create('approve-slow');
    const confirmed = provider.confirm(paymentId, inTime());
    await processing(paymentId);
    expect(await provider.cancel(paymentId, inTime())).toEqual({ state: 'cancelled' });
    expect(await confirmed).toEqual({ state: 'cancelled' });
    expect((await row(paymentId)).charges).toBe(0);
  });

  it('hangs until the caller has had enough', async () => {
    const paymentId = await create('hang');
    await expect(provider.confirm(paymentId, AbortSignal.timeout(200))).rejects.toThrow(/timeout/);
    expect(await row(paymentId)).toMatchObject({ state: 'processing', charges: 0 });
    expect(await provider.cancel(paymentId, inTime())).toEqual({ state: 'cancelled' });
  });

  it.each([
    ['crash-after-charging', 1],
    ['timeout-after-charging', 0],
  ])('has charged when %s leaves the caller without a response', async (token, crashes) => {
    crash.mockClear();
    const paymentId = await create(token);
    await expect(provider.confirm(paymentId, AbortSignal.timeout(200))).rejects.toThrow(/timeout/);
    expect(crash).toHaveBeenCalledTimes(crashes);
    expect(await provider.confirm(paymentId, inTime())).toEqual({ state: 'charged' });
    expect((await row(paymentId)).charges).toBe(1);
  });
});
