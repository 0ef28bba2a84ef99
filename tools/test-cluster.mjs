// npm run test:cluster -- --context NAME: builds the runner and the shopper, and runs the stories of k8s/src/cluster against a real cluster.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages, root } from './bootstrap.mjs';

ensurePackages();
const { build } = await import('esbuild');
const outdir = join(root, 'dist', 'k8s', 'cluster');
const source = join(root, 'k8s', 'src', 'cluster');
await build({
  absWorkingDir: root,
  entryPoints: { main: join(source, 'main.ts'), shopper: join(source, 'shopper', 'main.ts') },
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  packages: 'external',
  logLevel: 'warning',
});
await import(pathToFileURL(join(outdir, 'main.js')).href);
