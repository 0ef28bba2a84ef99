import { sql, type Kysely } from 'kysely';
import type { PaymentProvider, PaymentState, PaymentStatus } from '../domain/payment-provider';
import type { CheckoutTables } from '../postgres/tables';
import { untilAborted } from './until-aborted';

type InvoiceState = 'draft' | 'issued' | 'void' | 'credited';

const paymentStates: Record<InvoiceState, PaymentState> = {
  draft: 'created',
  issued: 'charged',
  void: 'cancelled',
  credited: 'refunded',
};

/**
 * Pays by invoice. `create` makes a draft with the customer's reference (the payment's token), `confirm` issues it, `cancel` voids a
 * draft, and `refund` credits an issued invoice. `charged` means that the invoice is issued, not that it is paid. It is due
 * `dueDays` after its issue.
 */
export function createInvoiceProvider(db: Kysely<CheckoutTables>, dueDays: number): PaymentProvider {
  const status = async (paymentId: string): Promise<PaymentStatus> => {
    const { state } = await db
      .selectFrom('invoices')
      .select('state')
      .where('id', '=', paymentId)
      .executeTakeFirstOrThrow();
    return { state: paymentStates[state] };
  };

  const issued = {
    state: 'issued' as const,
    issued_at: sql<Date>`now()`,
    due_at: sql<Date>`now() + make_interval(hours => ${dueDays * 24})`,
  };

  const transition = async (paymentId: string, from: InvoiceState, to: typeof issued | { state: InvoiceState }) => {
    await db.updateTable('invoices').set(to).where('id', '=', paymentId).where('state', '=', from).execute();
    return status(paymentId);
  };

  return {
    create: (orderId, { amount, currency }, { token }, signal) =>
      untilAborted(signal, async () => {
        const { id } = await db
          .insertInto('invoices')
          .values({ order_id: orderId, amount: String(amount), currency, reference: token })
          .onConflict((conflict) => conflict.column('order_id').doUpdateSet({ order_id: orderId }))
          .returning('id')
          .executeTakeFirstOrThrow();
        return { paymentId: id };
      }),

    confirm: (paymentId, signal) => untilAborted(signal, () => transition(paymentId, 'draft', issued)),
    lookup: (paymentId, signal) => untilAborted(signal, () => status(paymentId)),
    cancel: (paymentId, signal) => untilAborted(signal, () => transition(paymentId, 'draft', { state: 'void' })),
    refund: (paymentId, signal) => untilAborted(signal, () => transition(paymentId, 'issued', { state: 'credited' })),
  };
}
