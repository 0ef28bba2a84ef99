import { sql, type Kysely, type Selection } from 'kysely';
import type { Catalogue, Item } from '../domain/catalogue';
import type { InventoryTables } from './tables';

const columns = [
  ...(['id', 'name', 'description', 'category', 'price_amount', 'currency'] as const),
  sql<number>`stock - reserved`.as('available'),
] as const;

/** Names are compared byte by byte, so that the order, and with it a cursor, is the same under any locale. */
const byName = sql<string>`name collate "C"`;

export function createPostgresCatalogue(db: Kysely<InventoryTables>): Catalogue {
  return {
    async find(id) {
      const row = await db.selectFrom('items').select(columns).where('id', '=', id).executeTakeFirst();
      return row && toItem(row);
    },

    async findMany(ids) {
      const rows = await db
        .selectFrom('items')
        .select(columns)
        .where('id', '=', sql<string>`any(${ids})`)
        .execute();
      return rows.map(toItem);
    },

    async page({ words, category, limit, after }) {
      let query = db
        .selectFrom('items')
        .select(columns)
        .orderBy(byName)
        .orderBy('id')
        .limit(limit + 1);
      if (category !== undefined) query = query.where('category', '=', category);
      if (after) query = query.where(sql<boolean>`(${byName}, id) > (${after.name} collate "C", ${after.id})`);
      for (const word of words) {
        query = query.where(sql<boolean>`name || ' ' || description || ' ' || category ilike ${containing(word)}`);
      }
      const rows = await query.execute();
      const items = rows.slice(0, limit).map(toItem);
      return { items, next: rows.length > limit ? items.at(-1) : undefined };
    },

    async findPicture(id) {
      const row = await db.selectFrom('items').select('picture_svg').where('id', '=', id).executeTakeFirst();
      return row?.picture_svg;
    },
  };
}

/** The word as a pattern for LIKE; its own `%`, `_` and `\` are plain characters. */
const containing = (word: string) => `%${word.replace(/[\\%_]/g, '\\$&')}%`;

function toItem(row: Selection<InventoryTables, 'items', (typeof columns)[number]>): Item {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    category: row.category,
    price: { amount: row.price_amount, currency: row.currency },
    available: row.available,
    imageUrl: `/inventory/items/${row.id}/picture.svg`,
  };
}
