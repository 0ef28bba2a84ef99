import { sql, type Kysely } from 'kysely';
import type { CheckoutKeys } from '../domain/ports';
import type { CheckoutTables } from './tables';

const isOver = sql<boolean>`checkout_keys.created_at < now() - interval '24 hours'`;
const mostPurged = 1000;

export function createPostgresCheckoutKeys(db: Kysely<CheckoutTables>): CheckoutKeys {
  return {
    async find(userId, key) {
      const row = await db
        .selectFrom('checkout_keys')
        .select(['body_hash', 'order_id', 'shortages'])
        .where('user_id', '=', userId)
        .where('key', '=', key)
        .where(sql<boolean>`not ${isOver}`)
        .executeTakeFirst();
      return (
        row && { bodyHash: row.body_hash, orderId: row.order_id ?? undefined, shortages: row.shortages ?? undefined }
      );
    },

    set: (userId, { value, bodyHash }, { orderId, shortages }) =>
      takeKey(db, { userId, key: value, bodyHash, orderId, shortages }),

    async purge() {
      const oldest = db
        .selectFrom('checkout_keys')
        .select(['user_id', 'key'])
        .where(isOver)
        .orderBy('created_at')
        .limit(mostPurged);
      await db
        .deleteFrom('checkout_keys')
        .where(({ eb, refTuple }) => eb(refTuple('user_id', 'key'), 'in', oldest.$asTuple('user_id', 'key')))
        .execute();
    },
  };
}

export interface KeyRow {
  readonly userId: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly orderId?: string;
  readonly shortages?: readonly { readonly id: string }[];
}

/**
 * Lets a key stand for something else than before, unless it stands for an order that is open, paid or declined, for a refusal, or
 * came with another body. Whether it does now.
 */
export async function takeKey(db: Kysely<CheckoutTables>, use: KeyRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('checkout_keys')
    .values({
      user_id: use.userId,
      key: use.key,
      body_hash: use.bodyHash,
      order_id: use.orderId ?? null,
      shortages: use.shortages ? JSON.stringify(use.shortages) : null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'key'])
        .doUpdateSet((eb) => ({
          body_hash: eb.ref('excluded.body_hash'),
          order_id: eb.ref('excluded.order_id'),
          shortages: eb.ref('excluded.shortages'),
          created_at: sql<Date>`now()`,
        }))
        .where(
          sql<boolean>`${isOver} or checkout_keys.body_hash = excluded.body_hash and (
            checkout_keys.order_id = excluded.order_id or
            exists (select from orders where orders.id = checkout_keys.order_id and orders.status = 'cancelled'))`,
        ),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
