import { isUniqueViolation } from '@badger-store/postgres-kit';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Order } from '../domain/order';
import { OpenOrderExistsError, OrderLostError, type Orders } from '../domain/orders';
import type { CheckoutTables } from './tables';

export function createPostgresOrders(db: Kysely<CheckoutTables>): Orders {
  const ofUser = (userId: string) => db.selectFrom('orders').selectAll().where('user_id', '=', userId);

  /** The order, as long as it is pending and the attempt's own. */
  const owned = (id: string, attemptId: string) =>
    db.updateTable('orders').where('id', '=', id).where('attempt_id', '=', attemptId).where('status', '=', 'pending');

  const lost = (id: string) => new OrderLostError(`the order ${id} is another attempt’s, or at its end`);

  return {
    async findOpen(userId) {
      const row = await db
        .selectFrom('orders')
        .selectAll()
        .where('status', '=', 'pending')
        .where((eb) => eb.or([eb('user_id', '=', userId), eb('cart_owner', '=', userId)]))
        .executeTakeFirst();
      return row && toOrder(row);
    },

    async findLastPaid(cartOwner) {
      const row = await db
        .selectFrom('orders')
        .selectAll()
        .where('cart_owner', '=', cartOwner)
        .where('status', '=', 'paid')
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && toOrder(row);
    },

    async findUnsettled(userId) {
      const rows = await ofUser(userId)
        .where('status', '=', 'paid')
        .where('settled_at', 'is', null)
        .orderBy('created_at')
        .limit(20)
        .execute();
      return rows.map(toOrder);
    },

    async find(userId, id) {
      const row = await ofUser(userId).where('id', '=', id).executeTakeFirst();
      return row && toOrder(row);
    },

    async page({ userId, statuses, limit, after }) {
      let query = ofUser(userId)
        .where('status', 'in', [...statuses])
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (after) query = query.where(sql<boolean>`(created_at, id) < (${after.createdAt}, ${after.id})`);
      const rows = await query.execute();
      const orders = rows.slice(0, limit).map(toOrder);
      return { orders, next: rows.length > limit ? orders.at(-1) : undefined };
    },

    async add({ userId, checkout, attemptId, lines, total }) {
      try {
        await db
          .insertInto('orders')
          .values({
            id: checkout.checkoutId,
            user_id: userId,
            cart_owner: userId,
            status: 'pending',
            attempt_id: attemptId,
            cart_items: JSON.stringify(checkout.items),
            cart_incarnation: checkout.incarnation,
            lines: JSON.stringify(lines),
            total_amount: String(total.amount),
            currency: total.currency,
          })
          .execute();
      } catch (error) {
        const isTaken = ['orders_one_open', 'orders_one_open_of_cart'].some((index) => isUniqueViolation(error, index));
        if (!isTaken) throw error;
        throw new OpenOrderExistsError('There is an open order of the user, or of the cart, already.', {
          cause: error,
        });
      }
    },

    async takeOver(id, attemptId) {
      await db
        .updateTable('orders')
        .set((eb) => ({ attempt_id: attemptId, attempt: eb('attempt', '+', 1) }))
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .execute();
      return toOrder(await db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
    },

    async setPayment(id, attemptId, paymentId) {
      const { numUpdatedRows } = await owned(id, attemptId).set({ payment_id: paymentId }).executeTakeFirst();
      if (numUpdatedRows === 0n) throw lost(id);
    },

    async end(id, attemptId, status) {
      const row = await owned(id, attemptId).set({ status }).returningAll().executeTakeFirst();
      if (!row) throw lost(id);
      return toOrder(row);
    },

    async move(guestId, userId) {
      const ofGuest = () => db.updateTable('orders').set({ user_id: userId }).where('user_id', '=', guestId);
      const moveOpen = async () => {
        try {
          return (await ofGuest().where('status', '=', 'pending').executeTakeFirst()).numUpdatedRows;
        } catch (error) {
          if (!isUniqueViolation(error, 'orders_one_open')) throw error;
          return 0n;
        }
      };
      // The open one first: should it end in between, it is among those that have ended.
      const open = await moveOpen();
      const ended = await ofGuest().where('status', '<>', 'pending').executeTakeFirst();
      return Number(open + ended.numUpdatedRows);
    },

    async closeCart(cartOwner) {
      await db
        .deleteFrom('closed_carts')
        .where('closed_at', '<', sql<Date>`now() - interval '7 days'`)
        .execute();
      await db
        .insertInto('closed_carts')
        .values({ cart_owner: cartOwner })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async isCartClosed(cartOwner) {
      const row = await db
        .selectFrom('closed_carts')
        .select('cart_owner')
        .where('cart_owner', '=', cartOwner)
        .executeTakeFirst();
      return row !== undefined;
    },

    async markSettled(id) {
      await db
        .updateTable('orders')
        .set({ settled_at: sql<Date>`now()` })
        .where('id', '=', id)
        .where('settled_at', 'is', null)
        .execute();
    },
  };
}

function toOrder(row: Selectable<CheckoutTables['orders']>): Order {
  return {
    id: row.id,
    userId: row.user_id,
    cartOwner: row.cart_owner,
    status: row.status,
    createdAt: row.created_at,
    lines: row.lines,
    total: { amount: Number(row.total_amount), currency: row.currency },
    checkout: { checkoutId: row.id, items: row.cart_items, incarnation: row.cart_incarnation },
    paymentId: row.payment_id ?? undefined,
    settled: row.settled_at !== null,
  };
}
