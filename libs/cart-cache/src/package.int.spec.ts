import { cp, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { parse } from 'yaml';
import { builtFolder, ConsumerFolder } from './testing/consumer-folder';

jest.setTimeout(120_000);

const root = join(__dirname, '../../..');

const entries = ['index', 'testing'];
const forms = ['cjs', 'cjs.map', 'mjs', 'mjs.map', 'd.cts', 'd.mts'];
let published: string[];

/** The same text is an ES module (.mts) and a CommonJS one (.cts). */
const consumer = `
import { randomUUID } from 'node:crypto';
import {
  CartError, createCarts, EmptyCartError, ItemNotInCartError, RedisUnavailableError,
  type Carts,
} from '@badger-store/cart-cache';
import { createInMemoryCarts, describeCarts, InMemoryCartStore } from '@badger-store/cart-cache/testing';

async function use(carts: Carts) {
  const token = randomUUID();
  const { lines: added } = await carts.add(token, 'mug', 2, { idempotencyKey: 'once' });
  await carts.add(token, 'mug', 2, { idempotencyKey: 'once' });
  const read = await carts.get(token);
  const rejected = await carts.checkout(token, async () => ({ outcome: 'rejected' as const, reason: 'declined' }));
  const ordered = await carts.checkout(token, async (lines) => ({
    outcome: 'completed' as const, result: lines.map(({ id, quantity }) => id + quantity),
  }));
  const empty: unknown = await carts.checkout(token, async () => ({ outcome: 'completed' as const, result: 0 })).catch((error) => error);
  const missing: unknown = await carts.remove(token, 'mug').catch((error) => error);
  return {
    added, read, ordered,
    rejected,
    empty: empty instanceof EmptyCartError && empty instanceof CartError && !(empty instanceof ItemNotInCartError),
    missing: missing instanceof ItemNotInCartError,
  };
}

async function main() {
  const carts = createCarts({ url: process.env['REDIS_URL'] ?? '', connectionName: 'consumer' });
  await carts.ready(30_000);
  const inRedis = await use(carts);
  const inMemory = await use(createInMemoryCarts({ store: new InMemoryCartStore(Date.now) }));
  await carts.close();
  const closed = await carts.get('someone').catch((error: unknown) => error);
  const unavailable = closed instanceof RedisUnavailableError && !closed.outcomeUnknown;
  const contract = typeof describeCarts;
  console.log(JSON.stringify({ inRedis, inMemory, unavailable, contract }));
}

void main();
`;

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

describe('the code in the README', () => {
  it('compiles with strict types, and with the declarations of the package checked', async () => {
    const blocks = [...(await readBuilt('README.md')).matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);
    expect(blocks.length).toBeGreaterThan(6);
    const files = blocks.map(
      (code, n) => [`readme-${n}.mts`, code.includes('@badger-store/cart-cache') ? code : fragment(code)] as const,
    );
    for (const [file, code] of files) await folder.write(file, code);
    await folder.install('express', '@types/express', '@types/node');
    await folder.compile([...files.map(([file]) => file), 'use.mts', 'use.cts']);
  });
});

/** Code that stands in the middle of a service. */
const fragment = (code: string) => `
import { cartMiddleware, createCarts, RedisUnavailableError, type CartRequest } from '@badger-store/cart-cache';
import express, { type Request } from 'express';
declare const carts: ReturnType<typeof createCarts>;
declare const app: express.Express;
declare const [userId, guestId]: [string, string];
declare const redis: { get(key: string): Promise<string | null>; del(key: string): Promise<unknown> };
declare const charge: (payment: object) => Promise<boolean>;
export {};
${code}`;

describe('the package as the release publishes it', () => {
  const publishedFolder = () => join(folder.path, 'published');

  beforeAll(async () => {
    await cp(builtFolder, publishedFolder(), { recursive: true });
    const workflow = parse(await readFile(join(root, '.github/workflows/release.yml'), 'utf8'));
    const steps: { name?: string; run?: string }[] = workflow.jobs.package.steps;
    const setRepository = steps.find(({ name }) => name === 'Name the repository in the package')?.run ?? 'exit 1';
    const withOwner = `GITHUB_REPOSITORY=stand-in/badger-store; ${setRepository}`;
    await folder.run('sh', ['-e', '-c', withOwner], publishedFolder());
  });

  it('names its repository, and has no finding of publint', async () => {
    const check = `import { publint } from 'publint'; import { formatMessage } from 'publint/utils';
      const { messages, pkg } = await publint({ pkgDir: process.argv[1], strict: true });
      console.log(JSON.stringify({ found: messages.map((message) => formatMessage(message, pkg)), url: pkg.repository.url }));`;
    expect(await runModule(check, publishedFolder())).toEqual({
      found: [],
      url: 'git+https://github.com/stand-in/badger-store.git',
    });
  });

  it('resolves with its types under every kind of import', async () => {
    const pack = ['pack', '--json', '--pack-destination', folder.path];
    const [packed] = JSON.parse(await folder.run('npm', pack, publishedFolder()));
    const check = `import { readFileSync } from 'node:fs';
      import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
      const tarball = createPackageFromTarballData(new Uint8Array(readFileSync(process.argv[1])));
      const { types, problems } = await checkPackage(tarball);
      // The resolution of Node.js 10 knows no exports.
      const found = problems.filter(({ resolutionKind }) => resolutionKind !== 'node10');
      console.log(JSON.stringify({ types, problems: found }));`;
    expect(await runModule(check, join(folder.path, packed.filename))).toEqual({
      types: { kind: 'included' },
      problems: [],
    });
  });

  /** Jest cannot load ES modules. */
  const runModule = async (code: string, argument: string): Promise<unknown> =>
    JSON.parse(await folder.run(process.execPath, ['--input-type=module', '-e', code, argument], root));
});
