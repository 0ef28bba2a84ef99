import { sql, type Kysely } from 'kysely';
import type { IdempotencyKey, IdempotencyKeys, KeyOutcome } from '../domain/ports';
import type { CheckoutTables } from './tables';

const isExpired = sql<boolean>`idempotency_keys.created_at < now() - interval '24 hours'`;
const maxPurged = 1000;

export function createPostgresIdempotencyKeys(db: Kysely<CheckoutTables>): IdempotencyKeys {
  return {
    async find(userId, key) {
      const row = await db
        .selectFrom('idempotency_keys')
        .select(['body_hash', 'order_id', 'shortages'])
        .where('user_id', '=', userId)
        .where('key', '=', key)
        .where(sql<boolean>`not ${isExpired}`)
        .executeTakeFirst();
      return (
        row && { bodyHash: row.body_hash, orderId: row.order_id ?? undefined, shortages: row.shortages ?? undefined }
      );
    },

    record: (userId, key, outcome) => recordKey(db, userId, key, outcome),

    async purge() {
      const oldest = db
        .selectFrom('idempotency_keys')
        .select(['user_id', 'key'])
        .where(isExpired)
        .orderBy('created_at')
        .limit(maxPurged);
      await db
        .deleteFrom('idempotency_keys')
        .where(({ eb, refTuple }) => eb(refTuple('user_id', 'key'), 'in', oldest.$asTuple('user_id', 'key')))
        .execute();
    },
  };
}

/**
 * Records the outcome of a key, unless the key came with another body, or has an outcome that a repeat must get: an order that is
 * pending, paid or declined, or a shortage. An expired key counts as new. Resolves to whether the outcome is recorded.
 */
export async function recordKey(
  db: Kysely<CheckoutTables>,
  userId: string,
  { value, bodyHash }: IdempotencyKey,
  { orderId, shortages }: KeyOutcome,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('idempotency_keys')
    .values({
      user_id: userId,
      key: value,
      body_hash: bodyHash,
      order_id: orderId ?? null,
      shortages: shortages ? JSON.stringify(shortages) : null,
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
          sql<boolean>`${isExpired} or idempotency_keys.body_hash = excluded.body_hash and (
            idempotency_keys.order_id = excluded.order_id or
            exists (select from orders where orders.id = idempotency_keys.order_id and orders.status = 'cancelled'))`,
        ),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
