import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { consumer } from './testing/consumer';
import { builtFolder, ConsumerFolder } from './testing/consumer-folder';

jest.setTimeout(180_000);

const root = join(__dirname, '../../..');

let folder: ConsumerFolder;
beforeAll(async () => {
  folder = await ConsumerFolder.create({});
  await folder.write('use.mts', consumer);
  await folder.write('use.cts', consumer);
});
afterAll(() => folder?.remove());

describe('the code in the README', () => {
  it('compiles with strict types, and with the declarations of the package checked', async () => {
    const blocks = [...(await readFile(join(builtFolder, 'README.md'), 'utf8')).matchAll(/^```ts\n(.*?)^```/gms)].map(
      ([, code = '']) => code,
    );
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
