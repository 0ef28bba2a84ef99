import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { PaymentProvider, PaymentState, PaymentStatus } from '../domain/payment-provider';
import type { CheckoutTables } from '../postgres/tables';
import { untilAborted } from './until-aborted';

const slowMs = 2000;

const declines: Partial<Record<string, string>> = {
  decline: 'card_declined',
  'decline-insufficient-funds': 'insufficient_funds',
};

/**
 * A payment provider for development and tests; no money moves. Its payments are in PostgreSQL, so that they outlive a crash of the
 * store, and `charges` counts how often each was charged. `testTokens` of store-api says what each token does;
 * `crash` kills the process for `crash-after-charging`.
 */
export function createTestProvider(db: Kysely<CheckoutTables>, crash?: () => void): PaymentProvider {
  const find = (paymentId: string) =>
    db
      .selectFrom('test_payments')
      .select(['state', 'token', 'reason'])
      .where('id', '=', paymentId)
      .executeTakeFirstOrThrow();

  const status = async (paymentId: string): Promise<PaymentStatus> => {
    const { state, reason } = await find(paymentId);
    return reason === null ? { state } : { state, reason };
  };

  const transition = async (paymentId: string, from: readonly PaymentState[], to: PaymentState, reason?: string) => {
    await db
      .updateTable('test_payments')
      .set({ state: to, reason })
      .where('id', '=', paymentId)
      .where('state', 'in', [...from])
      .execute();
    return status(paymentId);
  };

  const charge = (paymentId: string) =>
    db
      .updateTable('test_payments')
      .set((row) => ({ state: 'charged', charges: row('charges', '+', 1) }))
      .where('id', '=', paymentId)
      .where('state', 'in', ['created', 'processing'])
      .execute();

  const confirm = async (paymentId: string, signal: AbortSignal): Promise<PaymentStatus> => {
    const { state, token } = await find(paymentId);
    if (state !== 'created') return status(paymentId);
    const reason = declines[token];
    if (reason !== undefined) return transition(paymentId, ['created'], 'declined', reason);
    if (token === 'approve-slow' || token === 'hang') await transition(paymentId, ['created'], 'processing');
    if (token === 'approve-slow') await sleep(slowMs, undefined, { signal });
    if (token === 'hang') await neverSettles();
    await charge(paymentId);
    if (token === 'crash-after-charging') crash?.();
    if (token.endsWith('-after-charging')) await neverSettles();
    return status(paymentId);
  };

  return {
    create: (orderId, { amount, currency }, { token }, signal) =>
      untilAborted(signal, async () => {
        const { id } = await db
          .insertInto('test_payments')
          .values({ order_id: orderId, token, amount: String(amount), currency })
          .onConflict((conflict) => conflict.column('order_id').doUpdateSet({ order_id: orderId }))
          .returning('id')
          .executeTakeFirstOrThrow();
        return { paymentId: id };
      }),

    confirm: (paymentId, signal) => untilAborted(signal, () => confirm(paymentId, signal)),
    lookup: (paymentId, signal) => untilAborted(signal, () => status(paymentId)),
    cancel: (paymentId, signal) =>
      untilAborted(signal, () => transition(paymentId, ['created', 'processing'], 'cancelled')),
    refund: (paymentId, signal) => untilAborted(signal, () => transition(paymentId, ['charged'], 'refunded')),
  };
}

const neverSettles = () => new Promise<never>(() => undefined);
