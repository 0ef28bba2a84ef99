import { sql, type Kysely } from 'kysely';
import type { CartDeletion, CartDeletions } from '../domain/cart-deletion';
import type { GatewayTables } from './tables';

/** The delay is the age of the deletion: 1 s, 2 s, 4 s and so on, at most 5 minutes. */
const nextDueAt = sql`now() + greatest(interval '1 second', least(now() - requested_at, interval '5 minutes'))`;
/** A userToken is valid for 10 min; the rest is for clocks that differ, and for a request in flight. */
const tokensExpired = sql`requested_at < now() - interval '11 minutes'`;

export function createPostgresCartDeletions(db: Kysely<GatewayTables>): CartDeletions {
  return {
    async takeDue(limit) {
      const { rows } = await sql<CartDeletion>`
        update cart_deletions set due_at = ${nextDueAt} where cart_id in (
          select cart_id from cart_deletions where due_at <= now() order by due_at limit ${limit} for update skip locked
        ) returning cart_id as "cartId", ${tokensExpired} as "tokensExpired"`.execute(db);
      return rows;
    },

    async markDone(cartId) {
      await sql`delete from cart_deletions where cart_id = ${cartId}`.execute(db);
    },
  };
}
