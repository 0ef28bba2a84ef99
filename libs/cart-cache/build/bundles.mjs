import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * ES modules first. What both entries need goes into `shared`, so that there is one class of each error. CommonJS is made of
 * them, file by file, and so is cut up in the same way, which esbuild does not do for CommonJS by itself.
 */
export async function buildBundles({ root, entries, output, dependencies }) {
  const common = { outdir: output, bundle: true, platform: 'node', target: 'node20', sourcemap: true };
  const { metafile } = await build({
    ...common,
    entryPoints: entries,
    format: 'esm',
    splitting: true,
    // One name, so that a second chunk is an error: it would be another file to publish.
    chunkNames: 'shared',
    outExtension: { '.js': '.mjs' },
    loader: { '.lua': 'text' },
    external: dependencies,
    tsconfig: join(root, 'tsconfig.base.json'),
    metafile: true,
  });
  const inlined = Object.keys(metafile.inputs).find((path) => path.includes('node_modules'));
  if (inlined) throw new Error(`${inlined} is not among the dependencies of package.json`);

  const modules = (await readdir(output)).filter((name) => name.endsWith('.mjs'));
  await build({
    ...common,
    entryPoints: modules.map((name) => join(output, name)),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: dependencies,
    plugins: [siblingsAsCommonJs],
  });
}

const siblingsAsCommonJs = {
  name: 'siblings-as-commonjs',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/[^/]+\.mjs$/ }, ({ path }) => ({ path: path.replace(/\.mjs$/, '.cjs'), external: true }));
  },
};
