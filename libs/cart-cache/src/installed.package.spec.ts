import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { consumer } from './testing/consumer';
import { builtFolder, ConsumerFolder } from './testing/consumer-folder';

jest.setTimeout(120_000);

const root = join(__dirname, '../../..');

const entries = ['index', 'testing'];
const forms = ['cjs', 'cjs.map', 'mjs', 'mjs.map', 'd.cts', 'd.mts'];
let published: string[];

const used = {
  added: [{ id: 'mug', quantity: 2 }],
  read: [{ id: 'mug', quantity: 2 }],
  ordered: { outcome: 'completed', result: ['mug2'] },
  rejected: { outcome: 'rejected', reason: 'declined' },
  empty: true,
  missing: true,
};

let folder: ConsumerFolder;
let server: RedisServer;

const readBuilt = (file: string) => readFile(join(builtFolder, file), 'utf8');

beforeAll(async () => {
  server = await startRedisServer();
  const shared = (await readdir(builtFolder)).filter(
    (name) => name.endsWith('.mjs') && !entries.includes(basename(name, '.mjs')),
  );
  published = [
    ...['LICENSE', 'README.md', 'package.json'],
    ...[...entries, ...shared.map((name) => basename(name, '.mjs'))].flatMap((name) =>
      forms.map((form) => `${name}.${form}`),
    ),
  ];
  folder = await ConsumerFolder.create({ REDIS_URL: server.url });
  await folder.write('use.mts', consumer);
  await folder.write('use.cts', consumer);
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

describe('the package', () => {
  it('has its two entries, one file that they share, and nothing else', async () => {
    const [{ files }] = JSON.parse(await folder.run('npm', ['pack', '--dry-run', '--json'], builtFolder));
    expect(published).toHaveLength(3 + 3 * forms.length);
    expect(files.map(({ path }: { path: string }) => path).sort()).toEqual([...published].sort());
  });

  it('takes the versions of its dependencies with which the workspace tests it', async () => {
    const { dependencies } = JSON.parse(await readBuilt('package.json')) as { dependencies: Record<string, string> };
    const workspace = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    for (const [name, range] of Object.entries(dependencies)) {
      expect([name, range]).toEqual([name, `^${workspace.dependencies[name]}`]);
    }
  });

  it('speaks of no package that is not published, and has its sources in the source maps', async () => {
    for (const file of published) {
      const text = await readBuilt(file);
      if (!file.endsWith('.map')) {
        expect(text).not.toContain('@badger-store/redis-kit');
        continue;
      }
      const { sources, sourcesContent } = JSON.parse(text);
      expect(sourcesContent).toHaveLength(sources.length);
      expect(sources.filter((source: string) => !source.startsWith('../../../libs/'))).toEqual([]);
    }
  });

  it.each(['mjs', 'cjs'])(
    'works without Express, with one class of each error across its entries (%s)',
    async (kind) => {
      await folder.transpile(kind === 'mjs' ? 'esm' : 'cjs', [`use.${kind.replace('js', 'ts')}`], kind);
      const result = JSON.parse(await folder.run(process.execPath, [`use.${kind}`]));
      expect(result).toEqual({ inRedis: used, inMemory: used, unavailable: true, contract: 'function' });
    },
  );

  it('says its version', async () => {
    const { version } = JSON.parse(await readBuilt('package.json'));
    const ask = "console.log(require('@badger-store/cart-cache/package.json').version)";
    expect((await folder.run(process.execPath, ['-e', ask])).trim()).toBe(version);
  });
});
