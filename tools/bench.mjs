// npm run bench [-- NAME …]: installs missing packages, builds, and runs the benchmarks in turn.
// npm run profile -- SERVICE: draws a flame graph of a service under load.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, ensureRedis, fail, nx, root, run, say } from './bootstrap.mjs';

/** Without arguments. */
const usual = [
  'inventory',
  'gateway',
  'cart-cache',
  'add-cost',
  'line-data',
  'memory',
  'lost-updates',
  'start',
  'allocations',
];
const [command, ...names] = process.argv.slice(2);
const known =
  command === 'profile'
    ? ['gateway', 'inventory']
    : readdirSync(join(root, 'benchmarks', 'subjects')).map((file) => file.replace('.mjs', ''));
const unknown = names.find((name) => !known.includes(name));
if (unknown || (command === 'profile' && names.length !== 1)) fail(`name one of ${known.join(', ')}`);

ensurePackages();
ensurePackages(join(root, 'benchmarks', 'peers'));
ensureRedis();
say('building …');
if (!nx(['run-many', '-t', 'build'], { quiet: true }).ok) fail('the build failed');
const wanted = names.length > 0 ? names : usual;
process.exitCode = run(process.execPath, [join('benchmarks', `${command}.mjs`), ...wanted]).ok ? 0 : 1;
