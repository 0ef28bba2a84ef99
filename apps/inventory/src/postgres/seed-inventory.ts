import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usingPostgres, type PostgresDatabase } from '@badger-store/postgres-kit';
import { itemId } from '@badger-store/store-api';
import { z } from 'zod';
import type { InventoryTables } from './tables';

const text = z.string().trim().min(1);

/** `priceAmount` is in euro cents, `stock` in pieces. */
const seedItem = z.strictObject({
  id: itemId,
  name: text,
  description: text,
  category: text,
  priceAmount: z.int().positive(),
  stock: z.int().nonnegative(),
  addedOn: z.iso.date(),
});

export type SeedItem = z.infer<typeof seedItem> & { readonly pictureSvg: string };

/** Reads the items of `items.json` and their pictures, `pictures/<id>.svg`. Throws when an item is not valid or has no picture. */
export async function readSeedItems(folder: string): Promise<SeedItem[]> {
  const file = join(folder, 'items.json');
  const { data, error } = z.array(seedItem).safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (error) throw new Error(`${file} is not valid:\n${z.prettifyError(error)}`);
  return Promise.all(
    data.map(async (item) => ({
      ...item,
      pictureSvg: await readFile(join(folder, 'pictures', `${item.id}.svg`), 'utf8'),
    })),
  );
}

/** Adds the seed items that are missing; existing items stay as they are. Returns how many it added. */
export async function seedInventory(database: PostgresDatabase, folder: string): Promise<number> {
  const rows = (await readSeedItems(folder)).map(({ priceAmount, pictureSvg, addedOn, ...item }) => ({
    ...item,
    price_amount: priceAmount,
    picture_svg: pictureSvg,
    created_at: new Date(addedOn),
  }));
  return usingPostgres<InventoryTables, number>(database, async ({ db }) => {
    const added = await db
      .insertInto('items')
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    return Number(added.numInsertedOrUpdatedRows);
  });
}
