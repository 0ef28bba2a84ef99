import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages, root } from './bootstrap.mjs';

/** Bundles the files of a folder of k8s/src, and runs the one that is called `main`. */
export async function runManifestProgram(folder, files) {
  ensurePackages();
  const { build } = await import('esbuild');
  const outdir = join(root, 'dist', 'k8s', folder);
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(files).map(([name, file]) => [name, join(root, 'k8s', 'src', folder, file)]),
    ),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    logLevel: 'warning',
  });
  await import(pathToFileURL(join(outdir, 'main.js')).href);
}
