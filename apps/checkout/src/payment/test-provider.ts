import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { PaymentProvider, PaymentState, PaymentStatus } from '../domain/payment-provider';
import type { CheckoutTables } from '../postgres/tables';

const slowMs = 2000;

/**
 * A payment provider for development and tests; no money moves. It remembers its payments as a real one would, beyond the
 * life of any process of the store. `approve` charges, `approve-slow` charges after 2 s, `decline` declines, and `hang`
 * begins and never answers.
 */
export function createTestProvider(db: Kysely<CheckoutTables>): PaymentProvider {
  const find = (paymentId: string) =>
    db.selectFrom('test_payments').select(['state', 'token']).where('id', '=', paymentId).executeTakeFirstOrThrow();

  const move = async (
    paymentId: string,
    to: PaymentState,
    from: readonly PaymentState[] = ['created', 'processing'],
  ): Promise<PaymentStatus> => {
    await db
      .updateTable('test_payments')
      .set({ state: to })
      .where('id', '=', paymentId)
      .where('state', 'in', [...from])
      .execute();
    return { state: (await find(paymentId)).state };
  };

  return {
    async create(orderId, _amount, { token }) {
      const { id } = await db
        .insertInto('test_payments')
        .values({ order_id: orderId, token })
        .onConflict((conflict) => conflict.column('order_id').doUpdateSet({ order_id: orderId }))
        .returning('id')
        .executeTakeFirstOrThrow();
      return { paymentId: id };
    },

    async confirm(paymentId, signal) {
      const { state, token } = await find(paymentId);
      if (state !== 'created') return { state };
      if (token === 'decline') return move(paymentId, 'declined');
      if (token !== 'approve') await move(paymentId, 'processing');
      if (token === 'approve-slow') await sleep(slowMs, undefined, { signal });
      if (token === 'hang') await aborted(signal);
      return move(paymentId, 'charged');
    },

    async lookup(paymentId) {
      return { state: (await find(paymentId)).state };
    },

    cancel: (paymentId) => move(paymentId, 'cancelled'),
    refund: (paymentId) => move(paymentId, 'refunded', ['charged']),
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
