import { join } from 'node:path';
import { ensurePackages, ensureRedis, fail, nx, root, run, say } from './bootstrap.mjs';

/** Installs what is missing, the peers' packages among it, and builds. */
export function prepareBenchmarks() {
  ensurePackages();
  ensurePackages(join(root, 'benchmarks', 'peers'));
  ensureRedis();
  say('building …');
  if (!nx(['run-many', '-t', 'build'], { quiet: true }).ok) fail('the build failed');
}

/** Runs a file of `benchmarks`; tells whether it ended well. */
export const benchmark = (file, ...args) => run(process.execPath, [join('benchmarks', file), ...args]).ok;
