import { join } from 'node:path';
import { connectPostgres, migrate, type Postgres } from '@badger-store/postgres-kit';
import { openTestDatabase, toOwnerUrl, type TestDatabase } from '@badger-store/postgres-kit/testing';
import type { Item, ItemSort } from '@badger-store/store-api';
import type { Catalogue, CataloguePosition } from '../domain/catalogue';
import { inventoryMigrations } from './migrations';
import { createPostgresCatalogue } from './postgres-catalogue';
import { readSeedItems, seedInventory } from './seed-inventory';
import { inventorySchema, type InventoryTables } from './tables';

let database: TestDatabase;
let url: string;
let postgres: Postgres<InventoryTables>;
let catalogue: Catalogue;
let seeded: number;
let seedNewestFirst: string[];

const assets = join(__dirname, '../assets');

const row = (id: string, name: string, description = '') => ({
  id,
  name,
  description,
  category: 'odd',
  price_amount: 100,
  stock: 1,
  picture_svg: '<svg/>',
});

beforeAll(async () => {
  database = await openTestDatabase(['inventory']);
  ({ inventory: url = '' } = database.urls);
  await migrate({ url: toOwnerUrl(url), schema: inventorySchema }, inventoryMigrations);
  postgres = connectPostgres<InventoryTables>(
    { url, schema: inventorySchema, applicationName: 'spec' },
    () => undefined,
  );
  catalogue = createPostgresCatalogue(postgres.db);
  seeded = await seedInventory({ url, schema: inventorySchema }, assets);
  const byDate = (await readSeedItems(assets)).sort((one, other) => other.addedOn.localeCompare(one.addedOn));
  seedNewestFirst = byDate.map(({ id }) => id);
  await postgres.db
    .insertInto('items')
    .values(['t-3', 't-1', 't-5', 't-2', 't-4'].map((id) => row(id, 'Same name')))
    .execute();
});

afterAll(async () => {
  await postgres.close();
  await database.drop();
});

const findIds = async (words: string[], category?: string) =>
  (await catalogue.page({ words, category, sort: 'name', limit: 100 })).items.map(({ id }) => id);

describe('the catalogue', () => {
  it('is seeded once, and what was sold since stays sold', async () => {
    await postgres.db.updateTable('items').set({ stock: 7 }).where('id', '=', 'badger-enamel-mug').execute();
    expect(await seedInventory({ url, schema: inventorySchema }, assets)).toBe(0);
    expect(await catalogue.find('badger-enamel-mug')).toMatchObject({
      available: 7,
      price: { amount: 1450, currency: 'EUR' },
    });
  });

  it('finds many items at once, and leaves out those that there are not', async () => {
    const found = await catalogue.findMany(['badger-enamel-mug', 'nothing', 'long-claw-mittens']);
    expect(found.map(({ id }) => id).sort()).toEqual(['badger-enamel-mug', 'long-claw-mittens']);
  });

  it.each<[ItemSort, string[]]>([
    ['name', ['t-1', 't-2', 't-3', 't-4', 't-5']],
    ['price', ['t-1', 't-2', 't-3', 't-4', 't-5']],
    ['-price', ['t-5', 't-4', 't-3', 't-2', 't-1']],
    ['newest', ['t-5', 't-4', 't-3', 't-2', 't-1']],
  ])('sorted by %s is paged without gaps or repeats, with equal values sorted by id', async (sort, twins) => {
    const seen: Item[] = [];
    let after: CataloguePosition | undefined;
    do {
      const { items, next } = await catalogue.page({ words: [], sort, limit: 2, after });
      seen.push(...items);
      after = next;
    } while (after);
    const ids = seen.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('t-'))).toEqual(twins);
    expect(new Set(ids).size).toBe(seeded + twins.length);
    expect(ids.length).toBe(seeded + twins.length);
    const [prices, reversed] = [seen.map(({ price }) => price.amount), sort === '-price'];
    const sorted = [...prices].sort((one, other) => (reversed ? other - one : one - other));
    if (sort.includes('price')) expect(prices).toEqual(sorted);
    if (sort === 'newest') expect(ids.slice(5)).toEqual(seedNewestFirst);
  });

  it('counts the items of each category, sold-out items included', async () => {
    const categories = await catalogue.categories();
    expect(categories.map(({ name }) => name)).toEqual([
      'apparel',
      'books',
      'kitchen',
      'odd',
      'outdoors',
      'stationery',
      'toys',
    ]);
    expect(categories).toContainEqual({ name: 'apparel', count: 8 });
    expect(categories.reduce((sum, { count }) => sum + count, 0)).toBe(seeded + 5);
  });

  it('is searched for all of the words, in any case and order', async () => {
    expect(await findIds(['ENAMEL', 'badger', 'mug'])).toEqual(['badger-enamel-mug']);
    expect(await findIds(['mug', 'submarine'])).toEqual([]);
    expect(await findIds([], 'odd')).toHaveLength(5);
    expect(await findIds(['mug'], 'odd')).toEqual([]);
  });

  it.each(['%', '_', '\\', "'", '100%'])('takes %s in a search for what it is', async (sign) => {
    await postgres.db.deleteFrom('items').where('category', '=', 'signs').execute();
    await postgres.db
      .insertInto('items')
      .values([
        { ...row('with', `A ${sign} B`), category: 'signs' },
        { ...row('without', 'A x B'), category: 'signs' },
      ])
      .execute();
    expect(await findIds([sign], 'signs')).toEqual(['with']);
  });
});
