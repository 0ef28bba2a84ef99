import { randomUUID } from 'node:crypto';
import type { PaymentProvider } from '../domain/payment-provider';
import { createInvoiceProvider } from './invoice-provider';
import { itKeepsThePaymentContract } from './testing/payment-provider-contract';
import { startPaymentTables, type PaymentTables } from './testing/payment-tables';

let tables: PaymentTables;
let provider: PaymentProvider;
beforeAll(async () => {
  tables = await startPaymentTables();
  provider = createInvoiceProvider(tables.db, 14);
});
afterAll(() => tables.stop());

const invoice = (paymentId: string) =>
  tables.db.selectFrom('invoices').selectAll().where('id', '=', paymentId).executeTakeFirstOrThrow();

describe('paying by invoice', () => {
  itKeepsThePaymentContract({ good: { method: 'invoice', token: 'PO-4711' }, declined: [] }, () => ({
    provider,
    charges: async (paymentId) => ((await invoice(paymentId)).issued_at === null ? 0 : 1),
  }));

  it('issues an invoice over the total, with the customer’s reference, that is due after so many days', async () => {
    const signal = AbortSignal.timeout(10_000);
    const total = { amount: 4200, currency: 'EUR' };
    const payment = { method: 'invoice', token: 'PO-4711' };
    const { paymentId } = await provider.create(randomUUID(), total, payment, signal);
    expect(await invoice(paymentId)).toMatchObject({ state: 'draft', issued_at: null, due_at: null });

    await provider.confirm(paymentId, signal);
    const issued = await invoice(paymentId);
    expect(issued).toMatchObject({ state: 'issued', amount: '4200', currency: 'EUR', reference: 'PO-4711' });
    const [from = 0, to = 0] = [issued.issued_at?.getTime(), issued.due_at?.getTime()];
    expect(to - from).toBe(14 * 24 * 3600 * 1000);

    // Confirmed again, it is due no later.
    await provider.confirm(paymentId, signal);
    expect(await invoice(paymentId)).toEqual(issued);
  });
});
