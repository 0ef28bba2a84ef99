import type { Item, ItemSort } from '@badger-store/store-api';
import { sql, type Kysely, type Selection } from 'kysely';
import type { Catalogue } from '../domain/catalogue';
import type { InventoryTables } from './tables';

const columns = [
  ...(['id', 'name', 'description', 'category', 'price_amount', 'currency'] as const),
  sql<number>`stock - reserved`.as('available'),
] as const;

/** The collations are named, so that the order, and with it a cursor, does not depend on the locale of the database. */
const byId = sql<string>`id collate "C"`;
const sortValues = {
  name: sql<string>`name collate "und-x-icu"`,
  price: sql<number>`price_amount`,
  '-price': sql<number>`price_amount`,
  newest: sql<Date>`created_at`,
};
const isDescending = (sort: ItemSort) => sort === '-price' || sort === 'newest';

/** `searchDb` has its own connections, so that searches take none from other reads. */
export function createPostgresCatalogue(db: Kysely<InventoryTables>, searchDb = db): Catalogue {
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

    async page({ words, category, sort, limit, after }) {
      const sortValue = sortValues[sort];
      const direction = isDescending(sort) ? 'desc' : 'asc';
      let query = (words.length > 0 ? searchDb : db)
        .selectFrom('items')
        .select([...columns, sql<string | number | Date>`${sortValue}`.as('sort_value')])
        .orderBy(sortValue, direction)
        .orderBy(byId, direction)
        .limit(limit + 1);
      if (category !== undefined) query = query.where('category', '=', category);
      if (after) {
        const isAfter = isDescending(sort) ? sql`<` : sql`>`;
        query = query.where(sql<boolean>`(${sortValue}, ${byId}) ${isAfter} (${after.value}, ${after.id})`);
      }
      for (const word of neededWords(words)) {
        query = query.where(sql<boolean>`search_text like search_pattern(${word})`);
      }
      const rows = await query.execute();
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return { items: shown.map(toItem), next: last && { value: toCursorValue(last.sort_value), id: last.id } };
    },

    categories: () =>
      db
        .selectFrom('items')
        .select(['category as name', sql<number>`count(*)::int`.as('count')])
        .groupBy('category')
        .orderBy(sql`category collate "und-x-icu"`)
        .execute(),

    async findPicture(id) {
      const row = await db.selectFrom('items').select('picture_svg').where('id', '=', id).executeTakeFirst();
      return row?.picture_svg;
    },
  };
}

const toCursorValue = (value: string | number | Date) => (value instanceof Date ? value.toISOString() : value);

/** Leaves out words that are part of another word. The longest word, the most selective one, comes first. */
function neededWords(words: readonly string[]): string[] {
  const different = [...new Set(words.map((word) => word.normalize('NFKC').toLowerCase()))];
  return different
    .filter((word) => !different.some((other) => other !== word && other.includes(word)))
    .sort((one, other) => other.length - one.length);
}

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
