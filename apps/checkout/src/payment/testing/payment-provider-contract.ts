import { randomUUID } from 'node:crypto';
import type { Payment, PaymentProvider } from '../../domain/payment-provider';

export interface ProviderUnderTest {
  readonly provider: PaymentProvider;
  /** How often the payment was charged, as the provider's own books have it. */
  charges(paymentId: string): Promise<number>;
}

export interface ContractPayments {
  readonly good: Payment;
  /** With the reason for it; a provider that never declines has none. */
  readonly declined: readonly (readonly [reason: string, payment: Payment])[];
}

const total = { amount: 4200, currency: 'EUR' };
const inTime = () => AbortSignal.timeout(10_000);
const times = <Result>(count: number, call: () => Promise<Result>) => Promise.all(Array.from({ length: count }, call));

/** What `PaymentProvider` promises, as tests; to be called inside a `describe`. */
export function itKeepsThePaymentContract(
  { good, declined }: ContractPayments,
  underTest: () => ProviderUnderTest,
): void {
  const provider = () => underTest().provider;
  const charges = (paymentId: string) => underTest().charges(paymentId);
  const create = async (payment = good, orderId: string = randomUUID()) =>
    (await provider().create(orderId, total, payment, inTime())).paymentId;
  const getState = async (paymentId: string) => (await provider().lookup(paymentId, inTime())).state;

  it('gives an order one payment, however often and how many at once ask for it', async () => {
    const orderId = randomUUID();
    const ids = await times(20, () => create(good, orderId));
    expect(new Set([...ids, await create(good, orderId)]).size).toBe(1);
    expect(await create()).not.toBe(ids[0]);
  });

  it('charges nothing before a payment is confirmed', async () => {
    const paymentId = await create();
    expect([await getState(paymentId), await charges(paymentId)]).toEqual(['created', 0]);
  });

  it('charges once, however often and how many at once confirm', async () => {
    const paymentId = await create();
    await times(20, () => provider().confirm(paymentId, inTime()));
    expect(await provider().confirm(paymentId, inTime())).toEqual({ state: 'charged' });
    expect([await getState(paymentId), await charges(paymentId)]).toEqual(['charged', 1]);
  });

  it('never charges what was cancelled', async () => {
    const paymentId = await create();
    expect(await provider().cancel(paymentId, inTime())).toEqual({ state: 'cancelled' });
    expect(await provider().confirm(paymentId, inTime())).toEqual({ state: 'cancelled' });
    expect(await provider().refund(paymentId, inTime())).toEqual({ state: 'cancelled' });
    expect([await getState(paymentId), await charges(paymentId)]).toEqual(['cancelled', 0]);
  });

  it('never cancels what was charged', async () => {
    const paymentId = await create();
    await provider().confirm(paymentId, inTime());
    expect(await provider().cancel(paymentId, inTime())).toEqual({ state: 'charged' });
    expect(await getState(paymentId)).toBe('charged');
  });

  it('either charges or cancels when both are asked for at once, and says so to both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const paymentId = await create();
      const both = ['confirm', 'cancel'] as const;
      const order = round % 2 ? both : both.toReversed();
      const responses = await Promise.all(order.map((call) => provider()[call](paymentId, inTime())));
      const end = await getState(paymentId);
      expect(responses).toEqual([{ state: end }, { state: end }]);
      expect([end, await charges(paymentId)]).toEqual(end === 'charged' ? ['charged', 1] : ['cancelled', 0]);
    }
  });

  it('refunds once, and for good', async () => {
    const paymentId = await create();
    expect(await provider().refund(paymentId, inTime())).toEqual({ state: 'created' });
    await provider().confirm(paymentId, inTime());
    await times(5, () => provider().refund(paymentId, inTime()));
    for (const call of ['refund', 'confirm', 'cancel', 'lookup'] as const) {
      expect([call, await provider()[call](paymentId, inTime())]).toEqual([call, { state: 'refunded' }]);
    }
    expect(await charges(paymentId)).toBe(1);
  });

  for (const [reason, payment] of declined) {
    it(`declines for good, and goes on to say why: ${reason}`, async () => {
      const paymentId = await create(payment);
      for (const call of ['confirm', 'lookup', 'confirm', 'cancel', 'refund', 'lookup'] as const) {
        expect([call, await provider()[call](paymentId, inTime())]).toEqual([call, { state: 'declined', reason }]);
      }
      expect(await charges(paymentId)).toBe(0);
    });
  }

  it('does nothing for a caller whose time is up', async () => {
    const paymentId = await create();
    const late = AbortSignal.abort(new Error('too late'));
    await expect(provider().create(randomUUID(), total, good, late)).rejects.toThrow('too late');
    for (const call of ['confirm', 'lookup', 'cancel', 'refund'] as const) {
      await expect(provider()[call](paymentId, late)).rejects.toThrow('too late');
    }
    expect([await getState(paymentId), await charges(paymentId)]).toEqual(['created', 0]);
  });
}
