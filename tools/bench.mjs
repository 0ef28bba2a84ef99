// npm run bench: installs what is missing, builds, and runs the benchmarks in turn.
import { join } from 'node:path';
import { ensurePackages, ensureRedis, fail, nx, run, say } from './bootstrap.mjs';

const benchmarks = ['add-cost'];

ensurePackages();
ensureRedis();
say('building …');
if (!nx(['run-many', '-t', 'build'], { quiet: true }).ok) fail('the build failed');
for (const name of benchmarks) {
  if (!run(process.execPath, [join('benchmarks', `${name}.mjs`)]).ok) fail(`${name} failed`);
}
