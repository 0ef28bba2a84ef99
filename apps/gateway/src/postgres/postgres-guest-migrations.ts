import type { ClampedLine } from '@badger-store/cart-cache';
import { sql, type Kysely } from 'kysely';
import type { GuestMigration, GuestMigrations } from '../domain/guest-migration';
import type { GatewayTables } from './tables';

const migration = sql`guest_id as "guestId", user_id as "userId", tokens_expire_at < now() as "tokensExpired"`;
/** The delay is the age of the migration: 1 s, 2 s, 4 s and so on, at most 5 minutes. */
const nextDueAt = sql`now() + greatest(interval '1 second', least(now() - created_at, interval '5 minutes'))`;
/** Lines are shown again within a minute, since a response may get lost. */
const isUnseen = sql`(clamped_shown_at is null or clamped_shown_at > now() - interval '1 minute')`;

/** `keepMs`: how long a refresh token of the guest is valid after the migration. */
export function createPostgresGuestMigrations(db: Kysely<GatewayTables>, keepMs: number): GuestMigrations {
  return {
    async findOpen(userId) {
      const { rows } = await sql<GuestMigration>`
        select ${migration} from guest_migrations where user_id = ${userId} and done_at is null
        order by created_at desc limit 5`.execute(db);
      return rows;
    },

    async takeDue(limit) {
      const { rows } = await sql<GuestMigration>`
        update guest_migrations set due_at = ${nextDueAt} where guest_id in (
          select guest_id from guest_migrations where done_at is null and due_at <= now()
          order by due_at limit ${limit} for update skip locked
        ) returning ${migration}`.execute(db);
      return rows;
    },

    async recordClamped({ guestId }, mergeId, lines) {
      await sql`
        update guest_migrations set clamped_shown_at = null,
          clamped = case when ${isUnseen} then clamped else '{}' end || jsonb_build_object(${mergeId}::text, ${JSON.stringify(lines)}::jsonb)
        where guest_id = ${guestId}`.execute(db);
    },

    async takeClamped(userId) {
      const { rows } = await sql<{ clamped: Record<string, ClampedLine[]> }>`
        update guest_migrations set clamped_shown_at = coalesce(clamped_shown_at, now())
        where user_id = ${userId} and clamped <> '{}' and ${isUnseen} returning clamped`.execute(db);
      return rows.flatMap(({ clamped }) => Object.values(clamped).flat());
    },

    async markDone(guestId) {
      await sql`update guest_migrations set done_at = now() where guest_id = ${guestId}`.execute(db);
    },

    async purge() {
      await sql`
        delete from guest_migrations where guest_id in (
          select guest_id from guest_migrations
          where done_at < now() - make_interval(secs => ${keepMs / 1000}) and (clamped = '{}' or clamped_shown_at is not null)
          limit 1000
        )`.execute(db);
    },
  };
}
