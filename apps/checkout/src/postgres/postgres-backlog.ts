import { sql, type Kysely } from 'kysely';
import type { Backlog } from '../domain/ports';
import type { CheckoutTables } from './tables';

export function createPostgresBacklog(db: Kysely<CheckoutTables>): () => Promise<Backlog> {
  return async () => {
    const orders = await db
      .selectFrom('orders')
      .where('closed', '=', false)
      .groupBy('status')
      .select(['status', sql<number>`count(*)::int`.as('count')])
      .select(sql<number>`extract(epoch from now() - min(created_at))::float8`.as('oldest_seconds'))
      .execute();
    const events = await db
      .selectFrom('order_events')
      .select(sql<number>`count(*)::int`.as('count'))
      .executeTakeFirstOrThrow();
    return {
      openOrders: Object.fromEntries(orders.map(({ status, count }) => [status, count])),
      oldestSeconds: Math.max(0, ...orders.map(({ oldest_seconds: seconds }) => seconds)),
      waitingEvents: events.count,
    };
  };
}
