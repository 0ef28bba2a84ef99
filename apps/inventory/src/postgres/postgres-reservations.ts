import { sql, type Kysely } from 'kysely';
import type { Reservations } from '../domain/sweep-reservations';
import type { InventoryTables } from './tables';

/** Several processes may call it at the same time: each skips the rows that another one has locked. */
export function createPostgresReservations(db: Kysely<InventoryTables>, checkSeconds: number): Reservations {
  return {
    async takeDue(limit) {
      const rows = await db
        .with('due', (with_) =>
          with_
            .selectFrom('reservations')
            .select('checkout_id')
            .where('status', '=', 'held')
            .where('checked_at', '<', sql<Date>`now() - make_interval(secs => ${checkSeconds})`)
            .orderBy('checked_at')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .updateTable('reservations')
        .from('due')
        .set({ checked_at: sql<Date>`now()` })
        .whereRef('reservations.checkout_id', '=', 'due.checkout_id')
        .returning('reservations.checkout_id')
        .execute();
      return rows.map((row) => row.checkout_id);
    },

    async deleteOld(limit) {
      const deleted = await db
        .with('old', (with_) =>
          with_
            .selectFrom('reservations')
            .select('checkout_id')
            .where('ended_at', '<', sql<Date>`now() - interval '30 days'`)
            .orderBy('ended_at')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .deleteFrom('reservations')
        .using('old')
        .whereRef('reservations.checkout_id', '=', 'old.checkout_id')
        .executeTakeFirst();
      return Number(deleted.numDeletedRows);
    },
  };
}
