// npm test: installs what is missing, builds, and runs every test against a real Redis and a real PostgreSQL. Arguments after `--` go to
// Jest: `npm test -- apps/gateway`. With STRESS=1 (npm run test:stress) the tests repeat with full counts, and the counts are printed.
//
// Up to three files that failed run again, alone: on a busy machine a deadline of 500 ms may pass while a process waits for a core. A file that
// passes only then is named, since it may have found a race. A stress test is not repeated.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensurePackages, ensureRedis, fail, nx, root, run, say } from './bootstrap.mjs';

const output = join(root, 'test-output');
const results = join(output, 'results.json');
const stressCounts = join(output, 'stress.jsonl');
const maxFilesAgain = 3;

ensurePackages();
ensureRedis();
say('building …');
if (!nx(['run-many', '-t', 'build'], { quiet: true }).ok) fail('the build failed');

mkdirSync(output, { recursive: true });
rmSync(stressCounts, { force: true });
const isStress = process.env.STRESS === '1';
const files = runJest(process.argv.slice(2));
if (isStress) reportStress();
const failedFiles = files.filter(hasFailed);
const runsAgain = !isStress && failedFiles.length > 0 && failedFiles.length <= maxFilesAgain;
const again = runsAgain
  ? runJest(['--runInBand', '--runTestsByPath', ...failedFiles.map(({ name }) => name)])
  : failedFiles;
for (const file of again)
  if (!hasFailed(file)) say(`passed only when it ran again, alone: ${relative(root, file.name)}`);

const passed = [...files.filter((file) => !hasFailed(file)), ...again].reduce(
  (sum, file) => sum + count(file, 'passed'),
  0,
);
// A file that has no failed test has failed as a whole.
const failed = again.filter(hasFailed).reduce((sum, file) => sum + (count(file, 'failed') || 1), 0);
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** The result of each file. */
function runJest(args) {
  rmSync(results, { force: true });
  const { ok } = run(join('node_modules', '.bin', 'jest'), ['--json', `--outputFile=${results}`, ...args]);
  if (!existsSync(results)) fail('Jest left no results');
  const { testResults } = JSON.parse(readFileSync(results, 'utf8'));
  if (!ok && !testResults.some(hasFailed)) fail('Jest failed, but no file did');
  return testResults;
}

function hasFailed({ status }) {
  return status === 'failed';
}

function count({ assertionResults }, status) {
  return assertionResults.filter((test) => test.status === status).length;
}

/** Each stress test leaves a line of JSON: { what, counts, passed }. */
function reportStress() {
  if (!existsSync(stressCounts)) return;
  for (const line of readFileSync(stressCounts, 'utf8').trim().split('\n')) {
    const { what, counts, passed } = JSON.parse(line);
    const listed = Object.entries(counts).map(([name, count]) => `${count.toLocaleString('en')} ${name}`);
    say(`${passed ? 'passed' : 'FAILED'}  ${what}: ${listed.join(', ')}`);
  }
}
