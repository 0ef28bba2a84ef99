import { sql, type Kysely } from 'kysely';
import type { GuestMigration, GuestMigrations } from '../domain/guest-migration';
import type { GatewayTables } from './tables';

const maxOpen = 5;
const purgeBatch = 1000;

/** Rounds of a migration come as far apart as it is old: 1 s, 2 s, 4 s and so on, at most five minutes. */
const nextRound = sql<Date>`now() + greatest(interval '1 second', least(now() - created_at, interval '5 minutes'))`;
const tokensExpired = sql<boolean>`tokens_expire_at < now()`.as('tokens_expired');

export interface PostgresGuestMigrationsOptions {
  readonly db: Kysely<GatewayTables>;
  /** How long a refresh token of a guest may still be shown after the migration. */
  readonly keepMs: number;
}

export function createPostgresGuestMigrations({ db, keepMs }: PostgresGuestMigrationsOptions): GuestMigrations {
  return {
    async findOpen(userId) {
      const rows = await db
        .selectFrom('guest_migrations')
        .select(['guest_id', 'user_id', tokensExpired])
        .where('user_id', '=', userId)
        .where('done_at', 'is', null)
        .orderBy('created_at', 'desc')
        .limit(maxOpen)
        .execute();
      return rows.map(toMigration);
    },

    async takeDue(limit) {
      const rows = await db
        .with('due', (cte) =>
          cte
            .selectFrom('guest_migrations')
            .select('guest_id')
            .where('done_at', 'is', null)
            .where('due_at', '<=', sql<Date>`now()`)
            .orderBy('due_at')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .updateTable('guest_migrations')
        .set({ due_at: nextRound })
        .where('guest_id', 'in', (eb) => eb.selectFrom('due').select('guest_id'))
        .returning(['guest_id', 'user_id', tokensExpired])
        .execute();
      return rows.map(toMigration);
    },

    async recordClamped({ guestId, userId }, mergeId, lines) {
      const row = { guest_id: guestId, user_id: userId, merge_id: mergeId };
      await db
        .insertInto('clamped_lines')
        .values(lines.map(({ id, requested, quantity }) => ({ ...row, item_id: id, requested, quantity })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async takeClamped(userId) {
      const rows = await db
        .updateTable('clamped_lines')
        .set({ shown_at: sql<Date>`coalesce(shown_at, now())` })
        .where('user_id', '=', userId)
        .where(sql<boolean>`(shown_at is null or shown_at > now() - interval '1 minute')`)
        .returning(['item_id', 'requested', 'quantity'])
        .execute();
      return rows.map(({ item_id, requested, quantity }) => ({ id: item_id, requested, quantity }));
    },

    async markDone(guestId) {
      await db
        .updateTable('guest_migrations')
        .set({ done_at: sql<Date>`now()` })
        .where('guest_id', '=', guestId)
        .execute();
    },

    async purge() {
      const old = db
        .selectFrom('guest_migrations')
        .select('guest_id')
        .where('done_at', '<', sql<Date>`now() - make_interval(secs => ${keepMs / 1000})`)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('clamped_lines')
                .select('item_id')
                .whereRef('clamped_lines.guest_id', '=', 'guest_migrations.guest_id')
                .where('shown_at', 'is', null),
            ),
          ),
        )
        .limit(purgeBatch);
      await db.deleteFrom('guest_migrations').where('guest_id', 'in', old).execute();
    },
  };
}

const toMigration = (row: { guest_id: string; user_id: string; tokens_expired: boolean }): GuestMigration => ({
  guestId: row.guest_id,
  userId: row.user_id,
  tokensExpired: row.tokens_expired,
});
