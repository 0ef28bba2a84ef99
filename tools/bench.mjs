// npm run bench: installs what is missing, builds, and runs the benchmarks in turn; with a name, that one.
import { join } from 'node:path';
import { ensurePackages, ensureRedis, fail, nx, run, say } from './bootstrap.mjs';

const benchmarks = ['add-cost', 'forwarders'];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !benchmarks.includes(name));
if (unknown) fail(`there is no benchmark ${unknown}; there are ${benchmarks.join(', ')}`);

ensurePackages();
ensureRedis();
say('building …');
if (!nx(['run-many', '-t', 'build'], { quiet: true }).ok) fail('the build failed');
for (const name of wanted.length > 0 ? wanted : benchmarks) {
  if (!run(process.execPath, [join('benchmarks', `${name}.mjs`)]).ok) fail(`${name} failed`);
}
