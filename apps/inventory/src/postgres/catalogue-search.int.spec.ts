import { connectPostgres, migrate, type Postgres } from '@badger-store/postgres-kit';
import { startPostgresServer, type PostgresServer } from '@badger-store/postgres-kit/testing';
import { sql } from 'kysely';
import type { Catalogue, CataloguePosition } from '../domain/catalogue';
import { inventoryMigrations } from './migrations';
import { createPostgresCatalogue } from './postgres-catalogue';
import { inventorySchema, type InventoryTables } from './tables';

let server: PostgresServer;
const opened: Postgres<InventoryTables>[] = [];

beforeAll(async () => {
  server = await startPostgresServer();
});

afterAll(async () => {
  await Promise.all(opened.map((postgres) => postgres.close()));
  await server.stop();
});

const connect = (url: string) => {
  const postgres = connectPostgres<InventoryTables>(
    { url, schema: inventorySchema, applicationName: 'spec' },
    () => undefined,
  );
  opened.push(postgres);
  return postgres;
};

async function createDatabase(name: string, characterType: string, ...statements: string[]): Promise<string> {
  await sql`create database ${sql.id(name)} template template0 lc_collate 'C' lc_ctype ${sql.lit(characterType)}`.execute(
    connect(server.url).db,
  );
  const url = new URL(name, server.url).href;
  const { db } = connect(url);
  for (const statement of ['create schema inventory', ...statements]) await sql.raw(statement).execute(db);
  return url;
}

it('the migrations say what to do when the extension pg_trgm is missing', async () => {
  const url = await createDatabase('bare', 'C.UTF-8');
  await expect(migrate({ url, schema: inventorySchema }, inventoryMigrations)).rejects.toThrow(
    'migration 001-initial failed: the extension pg_trgm is missing from the schema public of this database. ' +
      'As the owner of the database: create extension pg_trgm schema public',
  );
});

describe.each(['C.UTF-8', 'C'])('a catalogue in a database with the LC_CTYPE %s', (characterType) => {
  let db: Postgres<InventoryTables>['db'];
  let catalogue: Catalogue;

  beforeAll(async () => {
    const name = `store-${characterType}`;
    const url = await createDatabase(name, characterType, 'create extension pg_trgm schema public');
    await migrate({ url, schema: inventorySchema }, inventoryMigrations);
    ({ db } = connect(url));
    catalogue = createPostgresCatalogue(db);
  });

  afterEach(() => db.deleteFrom('items').execute());

  const add = (names: readonly string[]) =>
    db
      .insertInto('items')
      .values(
        names.map((name, i) => ({
          id: `i-${i}`,
          name,
          description: 'of the store',
          category: 'odd',
          price_amount: 100,
          stock: 1,
          picture_svg: '',
        })),
      )
      .execute();
  const find = async (...words: string[]) =>
    (await catalogue.page({ words, sort: 'name', limit: 100 })).items.map(({ name }) => name);

  it.each([
    ['German', 'DACHSBRÄU', ['dachsbräu', 'Dachsbräu', 'dachsbra\u0308u', 'SBRÄ', 'bra\u0308']],
    ['decomposed German', 'Dachsbra\u0308u', ['DACHSBRÄU', 'bräu', 'DACHSBRA\u0308U']],
    ['sharp s', 'Straße', ['STRASSE', 'strasse', 'straße', 'STRAẞE', 'ſtraſſe']],
    ['French', 'ŒUVRE Complète', ['œuvre', 'COMPLÈTE', 'comple\u0300te']],
    ['Turkish', 'İSTANBUL Işık', ['istanbul', 'İstanbul', 'ISTANBUL', 'ıstanbul', 'IŞIK', 'işik']],
    ['Greek', 'ΟΔΟΣ Δρόμος', ['οδος', 'οδοσ', 'ΔΡΌΜΟΣ', 'δρο\u0301μοσ']],
    ['Cyrillic', 'Барсучий ЧАЙ', ['барсучий', 'БАРСУЧИИ\u0306', 'чай', 'АРСУ']],
    ['Armenian', 'Գորշուկ', ['ԳՈՐՇՈՒԿ']],
    ['Georgian', 'მაჩვი', ['ᲛᲐᲩᲕᲘ']],
    ['Japanese', 'アナグマの茶壺', ['ｱﾅｸﾞﾏ', '茶', '茶壺', 'グマの茶']],
    ['Chinese', '獾茶壺具', ['茶壺', '獾']],
    ['Korean', '오소리 찻잔', ['\u110b\u1169\u1109\u1169\u1105\u1175', '찻잔']],
    ['Persian', 'می\u200cخواهم گورکن', ['می\u200cخواهم', 'میخواهم', 'گورکن']],
    ['emoji', '👩\u200d👧 Badger™ ①', ['👩\u200d👧', 'badgertm', '1']],
    ['full-width', 'Ｂａｄｇｅｒ ５０％', ['badger', '50%', '５０％']],
    ['ligatures', 'ﬁne ﬂask', ['FINE', 'flask']],
    ['apostrophes', "O'Brien’s", ["o'brien", 'BRIEN’S']],
  ])('finds %s text in any case and Unicode form', async (_script, name, searches) => {
    await add([name, 'Something else']);
    for (const search of searches) expect([search, await find(search)]).toEqual([search, [name]]);
  });

  it.each(['％', '＿', '＼', '﹪'])('takes %s, which NFKC makes a sign of LIKE, for what it is', async (sign) => {
    await add([`A ${sign} B`, 'A x B']);
    expect(await find(sign)).toEqual([`A ${sign} B`]);
    expect(await find(`x${sign}`)).toEqual([]);
  });

  it('finds an item by the text that another program changed', async () => {
    await add(['Teapot']);
    await db.updateTable('items').set({ name: 'KÄNNCHEN' }).execute();
    expect(await find('kännchen')).toEqual(['KÄNNCHEN']);
    expect(await find('teapot')).toEqual([]);
  });

  it('finds the same when a word is part of another, or comes twice', async () => {
    await add(['Badger mug', 'Bad idea']);
    expect(await find('badger', 'bad', 'BADGER', 'g')).toEqual(['Badger mug']);
    expect(await find('bad', 'bad')).toEqual(['Bad idea', 'Badger mug']);
    expect(await find('\u200d')).toHaveLength(2);
  });

  it('sorts names as people expect, and pages lose none and repeat none', async () => {
    const names = [
      ...['Äpfel', 'apple', 'Apple', 'A\u0308pfel', 'Banner', 'banner', 'éclair', 'Zebra', 'zoo', 'Ökotee'],
      ...[
        'барсук',
        'Барсук',
        'Чай',
        'δρόμος',
        'Δρόμος',
        '茶壺',
        '獾',
        "O'Brien",
        'Obrien',
        '🦡 mug',
        '5 mugs',
        'Apple',
      ],
    ];
    await add(names);
    const seen: string[] = [];
    const ids = new Set<string>();
    let after: CataloguePosition | undefined;
    do {
      const { items, next } = await catalogue.page({ words: [], sort: 'name', limit: 3, after });
      for (const { id, name } of items) {
        seen.push(name);
        ids.add(id);
      }
      after = next;
    } while (after);
    expect(ids.size).toBe(names.length);
    expect(seen).toHaveLength(names.length);
    const places = ['Äpfel', 'apple', 'Banner', 'éclair', 'Ökotee', 'Zebra', 'zoo', 'Барсук', 'Чай'].map((name) =>
      seen.indexOf(name),
    );
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  const inserted = (values: object) =>
    db
      .insertInto('items')
      .values({
        id: 'odd',
        name: 'Odd',
        description: '',
        category: 'odd',
        price_amount: 1,
        stock: 1,
        picture_svg: '',
        ...values,
      })
      .execute();

  it.each([
    ['a price below zero', { price_amount: -1 }],
    ['a price beyond 2^31-1', { price_amount: 2 ** 31 }],
    ['a second currency', { currency: 'USD' }],
    ['a currency that is none', { currency: 'eur' }],
    ['a control character in a name', { name: 'a\u0007b' }],
    ['a line break in a category', { category: 'a\nb' }],
    ['a name of more than 500 characters', { name: '🦡'.repeat(501) }],
    ['a category of more than 64 characters', { category: 'x'.repeat(65) }],
  ])('holds no %s', async (_what, values) => {
    await expect(inserted(values)).rejects.toThrow();
    expect(await catalogue.find('odd')).toBeUndefined();
  });

  it('gives another currency to all items at once', async () => {
    await add(['Mug', 'Teapot']);
    await sql`update catalogue_currency set currency = 'GBP'`.execute(db);
    await inserted({});
    const { items } = await catalogue.page({ words: [], sort: 'name', limit: 10 });
    expect(items.map(({ price }) => price.currency)).toEqual(['GBP', 'GBP', 'GBP']);
    await sql`update catalogue_currency set currency = 'EUR'`.execute(db);
    await expect(sql`insert into catalogue_currency values ('USD')`.execute(db)).rejects.toThrow();
  });
});
