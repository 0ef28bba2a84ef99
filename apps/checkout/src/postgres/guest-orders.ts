import { isUniqueViolation } from '@badger-store/postgres-kit';
import { sql, type Kysely } from 'kysely';
import type { Orders } from '../domain/ports';
import type { CheckoutTables } from './tables';

/** The part of `Orders` that guest migration needs. */
export function createGuestOrders(
  db: Kysely<CheckoutTables>,
): Pick<Orders, 'reassign' | 'markCartMigrated' | 'isCartMigrated'> {
  return {
    async reassign(guestId, userId) {
      const updateGuestOrders = () => db.updateTable('orders').set({ user_id: userId }).where('user_id', '=', guestId);
      const reassignPending = async () => {
        try {
          return (await updateGuestOrders().where('status', '=', 'pending').executeTakeFirst()).numUpdatedRows;
        } catch (error) {
          if (!isUniqueViolation(error, 'orders_one_pending_per_user')) throw error;
          return 0n;
        }
      };
      // The pending order first: if it becomes terminal in between, the second statement reassigns it.
      const pending = await reassignPending();
      const terminal = await updateGuestOrders().where('status', '<>', 'pending').executeTakeFirst();
      await reassignKeys(db, guestId, userId);
      return Number(pending + terminal.numUpdatedRows);
    },

    async markCartMigrated(cartId) {
      await db
        .deleteFrom('migrated_carts')
        .where('migrated_at', '<', sql<Date>`now() - interval '7 days'`)
        .execute();
      await db
        .insertInto('migrated_carts')
        .values({ cart_id: cartId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async isCartMigrated(cartId) {
      const row = await db
        .selectFrom('migrated_carts')
        .select('cart_id')
        .where('cart_id', '=', cartId)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** A request that is repeated after signing in has the same outcome. */
async function reassignKeys(db: Kysely<CheckoutTables>, guestId: string, userId: string): Promise<void> {
  const existing = db.selectFrom('idempotency_keys').select('key').where('user_id', '=', userId);
  await db
    .updateTable('idempotency_keys')
    .set({ user_id: userId })
    .where('user_id', '=', guestId)
    .where('key', 'not in', existing)
    .execute();
}
