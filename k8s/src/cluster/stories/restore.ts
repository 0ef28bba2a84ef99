import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '../../manifests/objects';
import type { Kubernetes } from '../kubernetes';
import { runSql } from '../postgres';
import { awaitReady, createStore, deleteStore } from '../store';
import { runPage } from './page';
import { needsOwnPostgres, pause, shopWhile, type Story } from './story';

const page = 'back-up-and-restore.md';
const tables = ['checkout.orders', 'checkout.test_payments', 'inventory.items', 'gateway.users'];
const shoppingMs = 10_000;

/** The namespace is lost with its volumes, and the store is restored from a dump and new Secrets. */
export const restore: Story = {
  name: 'restore',
  whySkip: needsOwnPostgres,
  async run(world) {
    const { kubernetes, options } = world;
    const folder = await mkdtemp(join(tmpdir(), 'badger-restore-'));
    try {
      await shopWhile(world, {}, () => pause(world, shoppingMs));
      // No service changes anything between the dump and the comparison.
      await kubernetes.inStore(['scale', 'deployment', ...services, '--replicas=0']);
      await kubernetes.inStore([
        'wait',
        '--for=delete',
        'pod',
        '-l',
        'app.kubernetes.io/component=service',
        '--timeout=50s',
      ]);
      const before = await readTables(kubernetes);
      await runPage(world, page, { section: 'Back up', cwd: folder });

      const started = Date.now();
      await deleteStore(kubernetes, options);
      await createStore(kubernetes, options);
      await awaitReady(kubernetes, options);
      await runPage(world, page, { section: 'Restore', cwd: folder });
      await awaitReady(kubernetes, options);
      const seconds = (Date.now() - started) / 1000;
      const after = await readTables(kubernetes);
      const missed = tables
        .filter((table) => after.get(table) !== before.get(table))
        .map((table) => `${table} differs`);

      const result = await shopWhile(world, {}, () => pause(world, shoppingMs));
      return { ...result, seconds, missed: [...missed, ...result.missed] };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** The number and a hash of the rows of each table. Throws if a table has none, since it would be equal to any empty one. */
async function readTables(kubernetes: Kubernetes): Promise<Map<string, string>> {
  const query = (table: string) =>
    `select '${table}', count(*), md5(string_agg(row::text, '|' order by row::text)) from ${table} as row`;
  const output = await runSql(kubernetes, tables.map(query).join(' union all '));
  const rows = output
    .trim()
    .split('\n')
    .map((line) => line.split('|'));
  const empty = rows.find(([, count]) => count === '0');
  if (empty) throw new Error(`${empty[0]} has no rows.`);
  return new Map(rows.map(([table = '', count, hash]) => [table, `${count} rows ${hash}`]));
}
