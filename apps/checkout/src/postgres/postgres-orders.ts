import { isUniqueViolation } from '@badger-store/postgres-kit';
import { sql, type Kysely } from 'kysely';
import { OrderLostError, OutOfDateError, type Orders } from '../domain/ports';
import { createGuestOrders } from './guest-orders';
import { recordKey } from './postgres-idempotency-keys';
import { createPostgresOrderLists } from './postgres-order-lists';
import { markColumns, toOrder, type CheckoutTables } from './tables';

type FoundAs = 'pending' | 'unacknowledged' | 'newest paid';
const onePendingIndexes = ['orders_one_pending_per_user', 'orders_one_pending_per_cart'];

/** The sweeper takes an unfinished order that nothing happened to for `quietSeconds`. */
export function createPostgresOrders(db: Kysely<CheckoutTables>, quietSeconds: number): Orders {
  const sweepLater = sql<Date>`now() + make_interval(secs => ${quietSeconds})`;

  const updateOwn = (id: string, attemptId: string) =>
    db.updateTable('orders').where('id', '=', id).where('attempt_id', '=', attemptId).where('status', '=', 'pending');

  const selectPaid = (cartId: string) =>
    db.selectFrom('orders').selectAll().where('cart_id', '=', cartId).where('status', '=', 'paid');

  const selectNewestPaid = (cartId: string) => selectPaid(cartId).orderBy('created_at', 'desc').limit(1);

  const selectPending = (userId: string) =>
    db
      .selectFrom('orders')
      .selectAll()
      .where('status', '=', 'pending')
      .where((eb) => eb.or([eb('user_id', '=', userId), eb('cart_id', '=', userId)]));

  const toLostError = (id: string) =>
    new OrderLostError(`order ${id} belongs to another attempt, or its status is terminal`);

  return {
    async findBeforeCheckout(userId) {
      const unacknowledged = db
        .selectFrom('orders')
        .selectAll()
        .select(sql<FoundAs>`'unacknowledged'`.as('found_as'))
        .where('user_id', '=', userId)
        .where('status', '=', 'paid')
        .where(sql<boolean>`(cart_updated_at is null or customer_notified_at is null)`)
        .orderBy('created_at')
        .limit(20);
      const newestPaid = selectNewestPaid(userId).select(sql<FoundAs>`'newest paid'`.as('found_as'));
      const rows = await selectPending(userId)
        .select(sql<FoundAs>`'pending'`.as('found_as'))
        .unionAll(({ parens }) => parens(unacknowledged))
        .unionAll(({ parens }) => parens(newestPaid))
        .orderBy('created_at')
        .execute();
      const foundAs = (what: FoundAs) => rows.filter((row) => row.found_as === what).map(toOrder);
      return {
        pending: foundAs('pending').at(0),
        unacknowledged: foundAs('unacknowledged'),
        newestPaidId: foundAs('newest paid').at(0)?.id,
      };
    },

    async findPending(userId) {
      const row = await selectPending(userId).executeTakeFirst();
      return row && toOrder(row);
    },

    async findNewestPaid(cartId) {
      const row = await selectNewestPaid(cartId).executeTakeFirst();
      return row && toOrder(row);
    },

    async findPaidFrom(cartId, cartVersion) {
      const row = await selectPaid(cartId).where('cart_version', '=', cartVersion).limit(1).executeTakeFirst();
      return row && toOrder(row);
    },

    find: createPostgresOrderLists(db).find,

    async findByPayment(paymentId) {
      const row = await db.selectFrom('orders').selectAll().where('payment_id', '=', paymentId).executeTakeFirst();
      return row && toOrder(row);
    },

    async add({ userId, checkout, attemptId, lines, shipping, tax, total, paymentMethod, key }) {
      const row = {
        id: checkout.checkoutId,
        user_id: userId,
        cart_id: userId,
        status: 'pending' as const,
        attempt_id: attemptId,
        cart_items: JSON.stringify(checkout.lines),
        cart_version: checkout.cartVersion,
        lines: JSON.stringify(lines),
        shipping_amount: String(shipping.amount),
        tax_amount: String(tax.amount),
        total_amount: String(total.amount),
        currency: total.currency,
        payment_method: paymentMethod,
        next_sweep_at: sweepLater,
      };
      try {
        if (!key) {
          await db.insertInto('orders').values(row).execute();
          return;
        }
        await db.transaction().execute(async (tx) => {
          await tx.insertInto('orders').values(row).execute();
          const isRecorded = await recordKey(tx, userId, key, { orderId: row.id });
          if (!isRecorded) throw new OutOfDateError('The idempotency key has another outcome.');
        });
      } catch (error) {
        const isTaken = onePendingIndexes.some((index) => isUniqueViolation(error, index));
        if (!isTaken) throw error;
        throw new OutOfDateError('The user or the cart already has a pending order.', { cause: error });
      }
    },

    async takeOver(id, attemptId) {
      await db
        .updateTable('orders')
        .set((eb) => ({ attempt_id: attemptId, attempts: eb('attempts', '+', 1), next_sweep_at: sweepLater }))
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .execute();
      return toOrder(await db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
    },

    async setPayment(id, attemptId, paymentId) {
      const { numUpdatedRows } = await updateOwn(id, attemptId).set({ payment_id: paymentId }).executeTakeFirst();
      if (numUpdatedRows === 0n) throw toLostError(id);
    },

    async transition(id, attemptId, status, declineReason) {
      const row = await db
        .with('changed', () =>
          updateOwn(id, attemptId)
            .set({ status, decline_reason: declineReason ?? null, next_sweep_at: sweepLater })
            .returningAll(),
        )
        .with('event', (cte) =>
          cte
            .insertInto('order_events')
            .columns(['order_id', 'type'])
            .expression((eb) =>
              eb
                .selectFrom('changed')
                .select(['id', sql<'order.paid' | 'order.cancelled'>`'order.' || status`.as('type')])
                .where('status', '<>', 'declined'),
            ),
        )
        .selectFrom('changed')
        .selectAll()
        .executeTakeFirst();
      if (!row) throw toLostError(id);
      return toOrder(row);
    },

    async mark(id, ...marks) {
      const now = sql<Date>`now()`;
      await db
        .updateTable('orders')
        .set(Object.fromEntries(marks.map((mark) => [markColumns[mark], now])))
        .where('id', '=', id)
        .where('status', '<>', 'pending')
        .execute();
    },

    async takeDue(limit) {
      const rows = await db
        .with('due', (cte) =>
          cte
            .selectFrom('orders')
            .select('id')
            .where('finished', '=', false)
            .where('next_sweep_at', '<', sql<Date>`now()`)
            .orderBy('next_sweep_at')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .updateTable('orders')
        .set({ next_sweep_at: sweepLater })
        .where('id', 'in', (eb) => eb.selectFrom('due').select('id'))
        .returningAll()
        .execute();
      return rows.map(toOrder);
    },

    ...createGuestOrders(db),
  };
}
