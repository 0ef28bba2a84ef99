// nx build cart-cache: makes the package, as it is published, in dist/libs/cart-cache.
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundles } from './bundles.mjs';
import { emitDeclarations } from './declarations.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const root = join(project, '../..');
const output = join(root, 'dist/libs/cart-cache');
const entries = { index: join(project, 'src/index.ts'), testing: join(project, 'src/testing/index.ts') };

const read = async (file) => JSON.parse(await readFile(file, 'utf8'));
const { dependencies, peerDependencies } = await read(join(project, 'package.json'));
assertTestedVersions(dependencies, (await read(join(root, 'package.json'))).dependencies);

await rm(output, { recursive: true, force: true });
await buildBundles({ root, entries, output, dependencies: Object.keys(dependencies) });
const typed = [...Object.keys(dependencies), ...Object.keys(peerDependencies)].map((name) =>
  name.replace('@types/', ''),
);
for (const [path, text] of emitDeclarations({ root, entries, mayImport: typed })) {
  await mkdir(dirname(join(output, path)), { recursive: true });
  await writeFile(join(output, path), text);
}
for (const file of [join(project, 'package.json'), join(project, 'README.md'), join(root, 'LICENSE')]) {
  await copyFile(file, join(output, file.slice(dirname(file).length + 1)));
}

/** What is published runs on what it was tested with. */
function assertTestedVersions(published, tested) {
  for (const [name, version] of Object.entries(published)) {
    if (tested[name] !== version) throw new Error(`package.json has ${name} ${version}, the workspace ${tested[name]}`);
  }
}
