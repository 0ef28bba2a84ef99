import { randomUUID } from 'node:crypto';
import { connectPostgres, migrate, type Postgres } from '@badger-store/postgres-kit';
import { openTestDatabase, toOwnerUrl, type PostgresServer } from '@badger-store/postgres-kit/testing';
import { sql } from 'kysely';
import type { Stock } from '../domain/stock';
import { inventoryMigrations } from '../postgres/migrations';
import { createPostgresStock } from '../postgres/postgres-stock';
import { inventorySchema, type InventoryTables } from '../postgres/tables';

export interface StockUnderTest {
  readonly url: string;
  readonly db: Postgres<InventoryTables>['db'];
  readonly stock: Stock;
  /** Adds a new item with this stock. Returns its id. */
  addItem(pieces: number): Promise<string>;
  counts(itemId: string): Promise<{ stock: number; reserved: number } | undefined>;
  getStatus(checkoutId: string): Promise<string | undefined>;
  /** Sets the times of a reservation back. */
  age(checkoutId: string, seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** A database with the inventory's schema and no items, on this server if one is given. */
export async function startStock(server?: PostgresServer): Promise<StockUnderTest> {
  const database = await openTestDatabase(['inventory'], server);
  const { inventory: url = '' } = database.urls;
  await migrate({ url: toOwnerUrl(url), schema: inventorySchema }, inventoryMigrations);
  const postgres = connectPostgres<InventoryTables>(
    { url, schema: inventorySchema, applicationName: 'spec', connectTimeoutMs: 10_000 },
    () => undefined,
  );
  const { db } = postgres;

  return {
    url,
    db,
    stock: createPostgresStock(db),
    async addItem(pieces) {
      const id = `i-${randomUUID()}`;
      await db
        .insertInto('items')
        .values({ id, name: id, description: '', category: 'odd', price_amount: 1, stock: pieces, picture_svg: '' })
        .execute();
      return id;
    },
    counts: (itemId) =>
      db.selectFrom('items').select(['stock', 'reserved']).where('id', '=', itemId).executeTakeFirst(),
    async getStatus(checkoutId) {
      const row = await db
        .selectFrom('reservations')
        .select('status')
        .where('checkout_id', '=', checkoutId)
        .executeTakeFirst();
      return row?.status;
    },
    async age(checkoutId, seconds) {
      await sql`update reservations set
          created_at = created_at - make_interval(secs => ${seconds}),
          checked_at = checked_at - make_interval(secs => ${seconds}),
          ended_at = ended_at - make_interval(secs => ${seconds})
        where checkout_id = ${checkoutId}`.execute(db);
    },
    async stop() {
      await postgres.close();
      await (server ? server.stop() : database.drop());
    },
  };
}
