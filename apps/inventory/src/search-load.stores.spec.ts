import { setTimeout as sleep } from 'node:timers/promises';
import { usingPostgres } from '@badger-store/postgres-kit';
import { toOwnerUrl } from '@badger-store/postgres-kit/testing';
import { isStress, scale } from '@badger-store/test-kit';
import { sql } from 'kysely';
import { inventorySchema } from './postgres/tables';
import { startInventory, type InventoryUnderTest } from './testing/inventory-under-test';

/** With fewer, searches are so fast that other reads succeed without connections of their own, too. */
const itemCount = scale(20_000, 60_000);
const readCount = scale(4, 50);

let inventory: InventoryUnderTest;

beforeAll(async () => {
  inventory = await startInventory();
  // Only the owner of a table can analyze it.
  await usingPostgres({ url: toOwnerUrl(inventory.stock.url), schema: inventorySchema }, async ({ db }) => {
    await sql`insert into items (id, name, description, category, price_amount, stock, picture_svg)
      select 'i-' || i,
        case i % 4 when 0 then 'Dachsbräu ' when 1 then 'Барсучий чай ' when 2 then 'Τσάι δρόμος ' else '獾茶壺具 ' end || i,
        'The quick brown fox jumps over the lazy badger. Съешь же ещё этих мягких французских булок, да выпей чаю. ' || md5(i::text),
        'odd', 100, 1, ''
      from generate_series(1, ${itemCount}::int) as i`.execute(db);
    await sql`analyze items`.execute(db);
  });
}, 120_000);

afterAll(() => inventory.stop());

const search = (words: string) => fetch(`${inventory.url}/inventory/items?${new URLSearchParams({ search: words })}`);

/** The statuses of reads that are no searches, or the codes of their problems. */
const readAll = (i: number) =>
  Promise.all(
    ['/inventory/items', `/inventory/items/i-${i + 1}`, `/inventory/items?ids=i-${i + 1},i-${i + 2}`].map(
      async (path) => {
        const response = await fetch(inventory.url + path);
        const { code } = (await response.json()) as { code?: string };
        return code ?? response.status;
      },
    ),
  );

describe('a search among thousands of items', () => {
  it.each(['Dachsbräu 1996', 'Барсучий 1997', 'ΤΣΆΙ 1998', '獾茶壺 1999', 'DACHSBRA\u0308U 1416'])(
    'for %s uses the index',
    async (words) => {
      const conditions = words.split(' ').map((word) => sql`search_text like search_pattern(${word})`);
      const rows = await inventory.stock.db.transaction().execute(async (tx) => {
        // Reading a small table from end to end, or by name, is cheaper than the index of words.
        if (!isStress) {
          await sql`set local enable_seqscan = off`.execute(tx);
          await sql`set local enable_indexscan = off`.execute(tx);
        }
        const plan = await sql<{ 'QUERY PLAN': string }>`explain select id from items
          where ${sql.join(conditions, sql` and `)}
          order by name collate "und-x-icu", id collate "C" limit 21`.execute(tx);
        return plan.rows;
      });
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('items_search');
      expect((await search(words)).status).toBe(200);
    },
  );

  it.each([
    ['Latin', 'abcdefghijklmnopqrstuvwxyz0123456789.'],
    ['Cyrillic', 'абвгдежзийклмнопрстуфхцчшщъыьэюяё'],
  ])(
    'by 43 words of %s makes no other read fail when 24 clients send it at once',
    async (_script, letters) => {
      // Every item has all of them but the last, so that each has to be read.
      const words = [...letters, ...letters].slice(0, 42).concat('§').join(' ');
      // All connections for reads open first: on a busy machine a new one takes more than its second.
      await Promise.all([0, 1, 2].map(readAll));
      let hasEnded = false;
      const searches = new Map<string, number>();
      const clients = Array.from({ length: 24 }, async () => {
        while (!hasEnded) {
          const response = await search(words);
          const { code } = (await response.json()) as { code?: string };
          if (response.status === 503) expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
          const outcome = `${response.status} ${code ?? ''}`;
          searches.set(outcome, (searches.get(outcome) ?? 0) + 1);
          // Otherwise the refused clients alone would take all of a core.
          if (!response.ok) await sleep(20);
        }
      });

      const reads = new Map<string | number, number>();
      for (let i = 0; i < readCount; i += 1) {
        for (const result of await readAll(i)) reads.set(result, (reads.get(result) ?? 0) + 1);
      }
      hasEnded = true;
      await Promise.all(clients);
      expect([...reads]).toEqual([[200, 3 * readCount]]);
      expect(
        [...searches.keys()].filter((outcome) => !/^(200 |503 (BUSY|POSTGRES_UNAVAILABLE))$/.test(outcome)),
      ).toEqual([]);
      expect((await search('Барсучий 1997')).status).toBe(200);
    },
    120_000,
  );
});
