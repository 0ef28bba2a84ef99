// npm run prove: installs what is missing, runs every proof with its full counts, and writes what was really run into
// docs/proofs.md. A proof leaves one line of JSON: { what, counts, held, at }.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, ensureRedis, fail, nx, root, run, say } from './bootstrap.mjs';

/** Each suite of proofs: its title, and the Nx project and target that runs it. */
const suites = [{ title: 'The cart cache', project: 'cart-cache', target: 'test-int', folder: 'libs/cart-cache' }];

ensurePackages();
ensureRedis();
const finished = suites.map((suite) => {
  const file = join(root, suite.folder, 'test-output', 'proofs.jsonl');
  rmSync(file, { force: true });
  const { ok } = nx(['run', `${suite.project}:${suite.target}`, '--output-style=static'], { env: { PROVE: '1' } });
  const proofs = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  if (proofs.length === 0) fail(`${suite.project} left no proofs`);
  return { ...suite, ok, proofs };
});

const document = join('docs', 'proofs.md');
writeFileSync(join(root, document), page());
if (!run(join('node_modules', '.bin', 'prettier'), ['--write', document], { quiet: true }).ok) fail('prettier failed');
const failed = finished.flatMap(({ proofs }) => proofs.filter(({ held }) => !held));
say(`${document} is written; ${failed.length} proofs failed`);
process.exitCode = failed.length === 0 && finished.every(({ ok }) => ok) ? 0 : 1;

function page() {
  const parts = finished.flatMap(({ title, proofs, project, target }) => [
    `## ${title}`,
    `\`PROVE=1 npx nx run ${project}:${target}\``,
    ['| What | How many | Result | Date |', '| --- | --- | --- | --- |', ...proofs.map(toRow)].join('\n'),
  ]);
  return [
    '# What was proved',
    'Written by `npm run prove`, which runs every proof with its full counts; `npm test` runs the same ones with small counts. ' +
      'The numbers are those that the proofs counted while they ran. A seed repeats a run: `FC_SEED=<seed>`.',
    ...parts,
  ].join('\n\n');
}

function toRow({ what, counts, held, at }) {
  const many = Object.entries(counts).map(([name, count]) =>
    name === 'seed' ? `seed ${count}` : `${count.toLocaleString('en')} ${name}`,
  );
  return `| ${what} | ${many.join(', ') || '-'} | ${held ? 'held' : 'FAILED'} | ${at.slice(0, 10)} |`;
}
