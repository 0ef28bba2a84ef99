import { sql, type Kysely } from 'kysely';
import type { Backlog, OrderLists } from '../domain/ports';
import { toOrder, type CheckoutTables } from './tables';

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

    findStatuses: (ids) =>
      db
        .selectFrom('orders')
        .select(['id', 'status'])
        .where('id', '=', sql<string>`any(${ids}::uuid[])`)
        .execute(),
  };
}

export async function readBacklog(db: Kysely<CheckoutTables>): Promise<Backlog> {
  const orders = await db
    .selectFrom('orders')
    .where('finished', '=', false)
    .groupBy('status')
    .select(['status', sql<number>`count(*)::int`.as('count')])
    .select(sql<number>`extract(epoch from now() - min(created_at))::float8`.as('max_age_seconds'))
    .execute();
  const events = await db
    .selectFrom('order_events')
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return {
    unfinishedOrders: Object.fromEntries(orders.map(({ status, count }) => [status, count])),
    maxAgeSeconds: Math.max(0, ...orders.map((row) => row.max_age_seconds)),
    unpublishedEvents: events.count,
  };
}
