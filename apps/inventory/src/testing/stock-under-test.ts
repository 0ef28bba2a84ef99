import { randomUUID } from 'node:crypto';
import { connectPostgres, migrate, type Postgres } from '@badger-store/postgres-kit';
import { startPostgresServer, type PostgresServer } from '@badger-store/postgres-kit/testing';
import type { Stock } from '../domain/stock';
import { inventoryMigrations } from '../postgres/migrations';
import { createPostgresStock } from '../postgres/postgres-stock';
import { inventorySchema, type InventoryTables } from '../postgres/tables';

export interface StockUnderTest {
  readonly server: PostgresServer;
  readonly url: string;
  readonly db: Postgres<InventoryTables>['db'];
  readonly stock: Stock;
  /** Puts so many pieces of something new on the shelves; answers its id. */
  newItem(pieces: number): Promise<string>;
  counts(itemId: string): Promise<{ stock: number; reserved: number } | undefined>;
  statusOf(checkoutId: string): Promise<string | undefined>;
  /** Makes it so long ago that the reservation was made and ended. */
  age(checkoutId: string, seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** A real PostgreSQL with the inventory's schema and nothing on the shelves. */
export async function startStock(): Promise<StockUnderTest> {
  const server = await startPostgresServer();
  const { inventory: url = '' } = await server.createDatabase('store', ['inventory']);
  await migrate({ url, schema: inventorySchema }, inventoryMigrations);
  const postgres = connectPostgres<InventoryTables>(
    { url, schema: inventorySchema, applicationName: 'spec' },
    () => undefined,
  );
  const { db } = postgres;

  return {
    ...{ server, url, db, stock: createPostgresStock(db) },
    async newItem(pieces) {
      const id = `i-${randomUUID()}`;
      await db
        .insertInto('items')
        .values({ id, name: id, description: '', category: 'odd', price_amount: 1, stock: pieces, picture_svg: '' })
        .execute();
      return id;
    },
    counts: (itemId) =>
      db.selectFrom('items').select(['stock', 'reserved']).where('id', '=', itemId).executeTakeFirst(),
    async statusOf(checkoutId) {
      const row = await db
        .selectFrom('reservations')
        .select('status')
        .where('checkout_id', '=', checkoutId)
        .executeTakeFirst();
      return row?.status;
    },
    async age(checkoutId, seconds) {
      const then = new Date(Date.now() - seconds * 1000);
      await db
        .updateTable('reservations')
        .set((eb) => ({
          ...{ created_at: then, looked_at: then },
          ended_at: eb.case().when('ended_at', 'is not', null).then(then).end(),
        }))
        .where('checkout_id', '=', checkoutId)
        .execute();
    },
    async stop() {
      await postgres.close();
      await server.stop();
    },
  };
}
