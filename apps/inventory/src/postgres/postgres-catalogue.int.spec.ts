import { join } from 'node:path';
import { connectPostgres, migrate, type Postgres } from '@badger-store/postgres-kit';
import { startPostgresServer, type PostgresServer } from '@badger-store/postgres-kit/testing';
import type { Catalogue, CataloguePosition } from '../domain/catalogue';
import { inventoryMigrations } from './migrations';
import { createPostgresCatalogue } from './postgres-catalogue';
import { seedInventory } from './seed-inventory';
import { inventorySchema, type InventoryTables } from './tables';

let server: PostgresServer;
let url: string;
let postgres: Postgres<InventoryTables>;
let catalogue: Catalogue;
let seeded: number;

const assets = join(__dirname, '../assets');

const row = (id: string, name: string, description = '') => ({
  ...{ id, name, description, category: 'odd', price_amount: 100, stock: 1, picture_svg: '<svg/>' },
});

beforeAll(async () => {
  server = await startPostgresServer();
  ({ inventory: url = '' } = await server.createDatabase('store', ['inventory']));
  await migrate({ url, schema: inventorySchema }, inventoryMigrations);
  postgres = connectPostgres<InventoryTables>(
    { url, schema: inventorySchema, applicationName: 'spec' },
    () => undefined,
  );
  catalogue = createPostgresCatalogue(postgres.db);
  seeded = await seedInventory({ url, schema: inventorySchema }, assets);
});

afterAll(async () => {
  await postgres.close();
  await server.stop();
});

const idsOf = async (words: string[], category?: string) =>
  (await catalogue.page({ words, category, limit: 100 })).items.map(({ id }) => id);

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

  it('is paged by name and then by id, so that items of one name are neither lost nor shown twice', async () => {
    await postgres.db
      .insertInto('items')
      .values(['t-3', 't-1', 't-5', 't-2', 't-4'].map((id) => row(id, 'Twin')))
      .execute();
    const seen: string[] = [];
    let after: CataloguePosition | undefined;
    do {
      const { items, next } = await catalogue.page({ words: [], limit: 2, after });
      seen.push(...items.map(({ id }) => id));
      after = next;
    } while (after);
    expect(seen.filter((id) => id.startsWith('t-'))).toEqual(['t-1', 't-2', 't-3', 't-4', 't-5']);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(seeded + 5);
  });

  it('is searched for all of the words, in any case and order', async () => {
    expect(await idsOf(['ENAMEL', 'badger', 'mug'])).toEqual(['badger-enamel-mug']);
    expect(await idsOf(['mug', 'submarine'])).toEqual([]);
    expect(await idsOf([], 'odd')).toHaveLength(5);
    expect(await idsOf(['mug'], 'odd')).toEqual([]);
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
    expect(await idsOf([sign], 'signs')).toEqual(['with']);
  });
});
