import { sql, type Kysely } from 'kysely';
import type { OrderLists } from '../domain/ports';
import { toOrder } from './order-rows';
import type { CheckoutTables } from './tables';

export function createPostgresOrderLists(db: Kysely<CheckoutTables>): OrderLists {
  return {
    async find(userId, id) {
      const row = await db
        .selectFrom('orders')
        .selectAll()
        .where('user_id', '=', userId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && toOrder(row);
    },

    async page({ userId, statuses, limit, after }) {
      let query = db
        .selectFrom('orders')
        .selectAll()
        .where('user_id', '=', userId)
        .where('status', 'in', [...statuses])
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (after) query = query.where(sql<boolean>`(created_at, id) < (${after.createdAt}, ${after.id})`);
      const rows = await query.execute();
      const orders = rows.slice(0, limit).map(toOrder);
      return { orders, next: rows.length > limit ? orders.at(-1) : undefined };
    },

    statusesOf: (ids) =>
      db
        .selectFrom('orders')
        .select(['id', 'status'])
        .where('id', '=', sql<string>`any(${ids}::uuid[])`)
        .execute(),
  };
}
