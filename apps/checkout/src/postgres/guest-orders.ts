import { isUniqueViolation } from '@badger-store/postgres-kit';
import { sql, type Kysely } from 'kysely';
import type { Orders } from '../domain/ports';
import type { CheckoutTables } from './tables';

/** What becomes of a guest's orders and cart when the guest signs in. */
export function createGuestOrders(db: Kysely<CheckoutTables>): Pick<Orders, 'reassign' | 'closeCart' | 'isCartClosed'> {
  return {
    async reassign(guestId, userId) {
      const ofGuest = () => db.updateTable('orders').set({ user_id: userId }).where('user_id', '=', guestId);
      const reassignOpen = async () => {
        try {
          return (await ofGuest().where('status', '=', 'pending').executeTakeFirst()).numUpdatedRows;
        } catch (error) {
          if (!isUniqueViolation(error, 'orders_one_open')) throw error;
          return 0n;
        }
      };
      // The open one first: should it end in between, it is among those that have ended.
      const open = await reassignOpen();
      const ended = await ofGuest().where('status', '<>', 'pending').executeTakeFirst();
      await reassignKeys(db, guestId, userId);
      return Number(open + ended.numUpdatedRows);
    },

    async closeCart(cartOwner) {
      await db
        .deleteFrom('closed_carts')
        .where('closed_at', '<', sql<Date>`now() - interval '7 days'`)
        .execute();
      await db
        .insertInto('closed_carts')
        .values({ cart_owner: cartOwner })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async isCartClosed(cartOwner) {
      const row = await db
        .selectFrom('closed_carts')
        .select('cart_owner')
        .where('cart_owner', '=', cartOwner)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** So that a request which is sent again after signing in finds its answer. */
async function reassignKeys(db: Kysely<CheckoutTables>, guestId: string, userId: string): Promise<void> {
  const taken = db.selectFrom('checkout_keys').select('key').where('user_id', '=', userId);
  await db
    .updateTable('checkout_keys')
    .set({ user_id: userId })
    .where('user_id', '=', guestId)
    .where('key', 'not in', taken)
    .execute();
}
