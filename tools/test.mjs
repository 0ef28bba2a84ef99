// npm test: installs what is missing, builds, and runs every test against a real Redis and a real PostgreSQL.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, ensureRedis, fail, nx, root, say } from './bootstrap.mjs';

/** Each kind of test, and where Jest leaves its results. */
const suites = { test: 'unit', 'test-int': 'int', e2e: 'e2e' };

ensurePackages();
ensureRedis();
const cache = process.env.CI ? ['--skip-nx-cache'] : [];
const runs = projectsWithTests().flatMap(({ folder, targets }) =>
  Object.keys(suites)
    .filter((target) => target in targets)
    .map((target) => ({
      name: `${folder} ${target}`,
      file: join(root, folder, 'test-output', suites[target], 'results.json'),
    })),
);
for (const { file } of runs) rmSync(file, { force: true });

say('building …');
if (!nx(['run-many', '-t', 'build', ...cache], { quiet: true }).ok) fail('the build failed');
const unit = nx(['run-many', '-t', 'test', 'test-int', '--output-style=static', ...cache]);
const stories = nx(['run-many', '-t', 'e2e', '--output-style=static']);

let passed = 0;
let failed = 0;
for (const { name, file } of runs) {
  if (!existsSync(file)) {
    say(`${name}: left no results`);
    failed += 1;
    continue;
  }
  const results = JSON.parse(readFileSync(file, 'utf8'));
  passed += results.numPassedTests;
  failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
}
say(`${passed} passed, ${failed} failed`);
process.exitCode = unit.ok && stories.ok && failed === 0 && passed > 0 ? 0 : 1;

/** By their files, so that a project whose tests did not run at all is noticed. */
function projectsWithTests() {
  const folders = ['apps', 'libs'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)));
  return [...folders, 'k8s', join('tools', 'stack')].map((folder) => {
    const { targets } = JSON.parse(readFileSync(join(root, folder, 'project.json'), 'utf8'));
    return { folder, targets };
  });
}
