// npm test: installs what is missing, builds, and runs every test against a real Redis and a real PostgreSQL. Arguments after `--` go to
// Jest: `npm test -- apps/gateway`. With STRESS=1 (npm run test:stress) the tests repeat with full counts, and the counts are printed.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, ensureRedis, fail, nx, root, run, say } from './bootstrap.mjs';

const output = join(root, 'test-output');
const results = join(output, 'results.json');
const stressCounts = join(output, 'stress.jsonl');

ensurePackages();
ensureRedis();
say('building …');
if (!nx(['run-many', '-t', 'build'], { quiet: true }).ok) fail('the build failed');

mkdirSync(output, { recursive: true });
for (const file of [results, stressCounts]) rmSync(file, { force: true });
const jest = join('node_modules', '.bin', 'jest');
const { ok } = run(jest, ['--json', `--outputFile=${results}`, ...process.argv.slice(2)]);
if (!existsSync(results)) fail('Jest left no results');
if (process.env.STRESS === '1') reportStress();
const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
say(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
process.exitCode = ok && numPassedTests > 0 ? 0 : 1;

/** Each stress test leaves a line of JSON: { what, counts, passed }. */
function reportStress() {
  if (!existsSync(stressCounts)) return;
  for (const line of readFileSync(stressCounts, 'utf8').trim().split('\n')) {
    const { what, counts, passed } = JSON.parse(line);
    const listed = Object.entries(counts).map(([name, count]) => `${count.toLocaleString('en')} ${name}`);
    say(`${passed ? 'passed' : 'FAILED'}  ${what}: ${listed.join(', ')}`);
  }
}
