import type { Kysely } from 'kysely';
import type { OrderEvent } from '../domain/order';
import { toOrder, type CheckoutTables } from './tables';

/**
 * Passes the oldest events of the outbox to `publish`, at most `limit`, and deletes them once `publish` resolved. Another replica gets
 * other events meanwhile. Resolves to how many there were.
 */
export function publishEvents(
  db: Kysely<CheckoutTables>,
  limit: number,
  publish: (events: readonly OrderEvent[]) => Promise<void>,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('order_events')
      .innerJoin('orders', 'orders.id', 'order_events.order_id')
      .selectAll('orders')
      .select(['order_events.id as event_id', 'order_events.type', 'order_events.created_at as event_at'])
      .orderBy('order_events.position')
      .limit(limit)
      .forUpdate('order_events')
      .skipLocked()
      .execute();
    if (rows.length === 0) return 0;
    await publish(rows.map((row) => ({ id: row.event_id, type: row.type, at: row.event_at, order: toOrder(row) })));
    const ids = rows.map((row) => row.event_id);
    await tx.deleteFrom('order_events').where('id', 'in', ids).execute();
    return rows.length;
  });
}
