import type { Kysely } from 'kysely';
import type { Outbox } from '../domain/ports';
import { toOrder, type CheckoutTables } from './tables';

export function createPostgresOutbox(db: Kysely<CheckoutTables>): Outbox {
  return {
    publishBatch: (limit, publish) =>
      db.transaction().execute(async (tx) => {
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
        await tx
          .deleteFrom('order_events')
          .where(
            'id',
            'in',
            rows.map((row) => row.event_id),
          )
          .execute();
        return rows.length;
      }),
  };
}
