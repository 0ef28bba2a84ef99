import { isUniqueViolation } from '@badger-store/postgres-kit';
import { sql, type Kysely } from 'kysely';
import { OrderLostError, OutOfDateError, type Orders } from '../domain/ports';
import { createGuestOrders } from './guest-orders';
import { markColumns, toOrder } from './order-rows';
import { createPostgresOrderLists } from './postgres-order-lists';
import { takeKey } from './postgres-checkout-keys';
import type { CheckoutTables } from './tables';

type FoundAs = 'open' | 'unacknowledged' | 'newest paid';

/** After `quietSeconds` in which nothing happened to an order that is not closed, the sweeper looks at it. */
export function createPostgresOrders(db: Kysely<CheckoutTables>, quietSeconds: number): Orders {
  const lookLater = sql<Date>`now() + make_interval(secs => ${quietSeconds})`;

  /** The order, as long as it is pending and the attempt's own. */
  const owned = (id: string, attemptId: string) =>
    db.updateTable('orders').where('id', '=', id).where('attempt_id', '=', attemptId).where('status', '=', 'pending');

  const paidOf = (cartOwner: string) =>
    db.selectFrom('orders').selectAll().where('cart_owner', '=', cartOwner).where('status', '=', 'paid');

  const newestPaidOf = (cartOwner: string) => paidOf(cartOwner).orderBy('created_at', 'desc').limit(1);

  const openOf = (userId: string) =>
    db
      .selectFrom('orders')
      .selectAll()
      .where('status', '=', 'pending')
      .where((eb) => eb.or([eb('user_id', '=', userId), eb('cart_owner', '=', userId)]));

  const lost = (id: string) => new OrderLostError(`the order ${id} is another attempt’s, or at its end`);

  return {
    async findBeforeCheckout(userId) {
      const unacknowledged = db
        .selectFrom('orders')
        .selectAll()
        .select(sql<FoundAs>`'unacknowledged'`.as('found_as'))
        .where('user_id', '=', userId)
        .where('status', '=', 'paid')
        .where(sql<boolean>`(settled_at is null or customer_told_at is null)`)
        .orderBy('created_at')
        .limit(20);
      const newestPaid = newestPaidOf(userId).select(sql<FoundAs>`'newest paid'`.as('found_as'));
      const rows = await openOf(userId)
        .select(sql<FoundAs>`'open'`.as('found_as'))
        .unionAll(({ parens }) => parens(unacknowledged))
        .unionAll(({ parens }) => parens(newestPaid))
        .orderBy('created_at')
        .execute();
      const foundAs = (what: FoundAs) => rows.filter((row) => row.found_as === what).map(toOrder);
      return {
        open: foundAs('open').at(0),
        unacknowledged: foundAs('unacknowledged'),
        newestPaidId: foundAs('newest paid').at(0)?.id,
      };
    },

    async findOpen(userId) {
      const row = await openOf(userId).executeTakeFirst();
      return row && toOrder(row);
    },

    async findNewestPaid(cartOwner) {
      const row = await newestPaidOf(cartOwner).executeTakeFirst();
      return row && toOrder(row);
    },

    async findPaidFrom(cartOwner, cartVersion) {
      const row = await paidOf(cartOwner).where('cart_incarnation', '=', cartVersion).limit(1).executeTakeFirst();
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
        cart_owner: userId,
        status: 'pending' as const,
        attempt_id: attemptId,
        cart_items: JSON.stringify(checkout.items),
        cart_incarnation: checkout.incarnation,
        lines: JSON.stringify(lines),
        shipping_amount: String(shipping.amount),
        tax_amount: String(tax.amount),
        total_amount: String(total.amount),
        currency: total.currency,
        payment_method: paymentMethod,
        look_at: lookLater,
      };
      try {
        if (!key) {
          await db.insertInto('orders').values(row).execute();
          return;
        }
        await db.transaction().execute(async (tx) => {
          await tx.insertInto('orders').values(row).execute();
          const use = { userId, key: key.value, bodyHash: key.bodyHash, orderId: row.id };
          if (!(await takeKey(tx, use))) throw new OutOfDateError('The key stands for something else by now.');
        });
      } catch (error) {
        const isTaken = ['orders_one_open', 'orders_one_open_of_cart'].some((index) => isUniqueViolation(error, index));
        if (!isTaken) throw error;
        throw new OutOfDateError('There is an open order of the user, or of the cart, already.', { cause: error });
      }
    },

    async takeOver(id, attemptId) {
      await db
        .updateTable('orders')
        .set((eb) => ({ attempt_id: attemptId, attempt: eb('attempt', '+', 1), look_at: lookLater }))
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .execute();
      return toOrder(await db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
    },

    async setPayment(id, attemptId, paymentId) {
      const { numUpdatedRows } = await owned(id, attemptId).set({ payment_id: paymentId }).executeTakeFirst();
      if (numUpdatedRows === 0n) throw lost(id);
    },

    async end(id, attemptId, status, declineReason) {
      const row = await db
        .with('ended', () =>
          owned(id, attemptId)
            .set({ status, decline_reason: declineReason ?? null, look_at: lookLater })
            .returningAll(),
        )
        .with('told', (cte) =>
          cte
            .insertInto('order_events')
            .columns(['order_id', 'type'])
            .expression((eb) =>
              eb
                .selectFrom('ended')
                .select(['id', sql<'order.paid' | 'order.cancelled'>`'order.' || status`.as('type')])
                .where('status', '<>', 'declined'),
            ),
        )
        .selectFrom('ended')
        .selectAll()
        .executeTakeFirst();
      if (!row) throw lost(id);
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
            .where('closed', '=', false)
            .where('look_at', '<', sql<Date>`now()`)
            .orderBy('look_at')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .updateTable('orders')
        .set({ look_at: lookLater })
        .where('id', 'in', (eb) => eb.selectFrom('due').select('id'))
        .returningAll()
        .execute();
      return rows.map(toOrder);
    },

    ...createGuestOrders(db),
  };
}
