import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { startRedisServer, type RedisServer } from '@badger-store/redis-kit/testing';
import { endWithThisProcess, freePort, until } from '@badger-store/test-kit';

jest.setTimeout(120_000);

const root = join(__dirname, '../../..');
const built = join(root, 'dist/libs/carts');

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

let folder: string;
let server: RedisServer;
let versions: Record<string, string>;

/** Resolves to what the program printed; rejects with all that it printed. */
async function run(program: string, args: readonly string[], cwd = folder): Promise<string> {
  const env = { ...process.env, REDIS_URL: server.url };
  try {
    return (await promisify(execFile)(program, args, { cwd, env, timeout: 60_000 })).stdout;
  } catch (error) {
    const { message, stdout } = error as Error & { stdout?: string };
    throw new Error(`${message}\n${stdout}`, { cause: error });
  }
}

const install = (...packages: string[]) =>
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...packages]);

const inWorkspaceVersion = (name: string) => `${name}@${versions[name]}`;

async function compile(options: { readonly skipLibCheck: boolean }, ...files: string[]): Promise<void> {
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, types: ['node'], ...options };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')]);
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'badger-package-')));
  server = await startRedisServer();
  const workspace = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  versions = { ...workspace.dependencies, ...workspace.devDependencies };
  const shared = (await readdir(built)).filter(
    (name) => name.endsWith('.mjs') && !entries.includes(basename(name, '.mjs')),
  );
  published = [
    ...['LICENSE', 'README.md', 'package.json'],
    ...[...entries, ...shared.map((name) => basename(name, '.mjs'))].flatMap((name) =>
      forms.map((form) => `${name}.${form}`),
    ),
  ];
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
  await writeFile(join(folder, 'use.mts'), consumer);
  await writeFile(join(folder, 'use.cts'), consumer);
  const [packed] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', folder], built));
  await install(`./${packed.filename}`, inWorkspaceVersion('@types/node'));
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the package', () => {
  it('has its two entries, one file that they share, and nothing else', async () => {
    const [{ files }] = JSON.parse(await run('npm', ['pack', '--dry-run', '--json'], built));
    expect(published).toHaveLength(3 + 3 * forms.length);
    expect(files.map(({ path }: { path: string }) => path).sort()).toEqual([...published].sort());
  });

  it('depends on the versions with which the workspace tests it', async () => {
    const { dependencies } = JSON.parse(await readFile(join(built, 'package.json'), 'utf8'));
    expect(versions).toMatchObject(dependencies);
  });

  it('speaks of no package that is not published, and has its sources in the source maps', async () => {
    for (const file of published) {
      const text = await readFile(join(built, file), 'utf8');
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
      await compile({ skipLibCheck: true }, `use.${kind.replace('js', 'ts')}`);
      const result = JSON.parse(await run(process.execPath, [`use.${kind}`]));
      expect(result).toEqual({ inRedis: used, inMemory: used, unavailable: true, contract: 'function' });
    },
  );

  it('says its version', async () => {
    const { version } = JSON.parse(await readFile(join(built, 'package.json'), 'utf8'));
    const ask = "console.log(require('@badger-store/cart-cache/package.json').version)";
    expect((await run(process.execPath, ['-e', ask])).trim()).toBe(version);
  });
});

describe('the first example of the README', () => {
  it('type-checks with all libraries, and runs', async () => {
    const readme = await readFile(join(built, 'README.md'), 'utf8');
    const [, example = ''] = /^```ts\n(.*?)^```/ms.exec(readme) ?? [];
    await writeFile(join(folder, 'example.mts'), example);
    await install(inWorkspaceVersion('express'), inWorkspaceVersion('@types/express'));
    await compile({ skipLibCheck: false }, 'example.mts', 'use.mts', 'use.cts');

    const port = await freePort();
    const env = { ...process.env, REDIS_URL: server.url, PORT: String(port) };
    const service = endWithThisProcess(
      spawn(process.execPath, ['example.mjs'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    try {
      const ask = async (path: string, init: RequestInit = {}) =>
        (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-user': 'reader' }, ...init })).json();
      const answers = () =>
        ask('/cart').then(
          () => true,
          () => false,
        );
      await until('the example answers', answers, 30_000);
      expect(await ask('/cart/mug', { method: 'POST' })).toEqual([{ id: 'mug', quantity: 1 }]);
      expect(await ask('/cart')).toEqual([{ id: 'mug', quantity: 1 }]);
    } finally {
      service.kill('SIGKILL');
    }
  });
});
