import { usingPostgres, type PostgresDatabase } from '@badger-store/postgres-kit';
import type { InventoryTables } from '../tables';
import { seedItems } from './catalogue';
import { drawItemPicture } from './item-picture';

/** Puts the seed items that are missing on the shelves; those that are there stay as they are. Returns how many were added. */
export const seedInventory = (database: PostgresDatabase): Promise<number> =>
  usingPostgres<InventoryTables, number>(database, async ({ db }) => {
    const rows = seedItems.map((item) => ({
      id: item.id,
      name: item.name,
      description: item.description,
      category: item.category,
      price_amount: item.priceAmount,
      stock: item.stock,
      picture_svg: drawItemPicture(item),
    }));
    const added = await db
      .insertInto('items')
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    return Number(added.numInsertedOrUpdatedRows);
  });
