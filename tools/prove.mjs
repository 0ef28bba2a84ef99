// npm run prove: installs what is missing, runs every proof with its full counts, and writes what was really run into
// docs/proofs.md. A proof leaves one line of JSON: { what, counts, held, at, full }. `npm run prove -- checkout` runs that suite alone
// and takes what the others left when they were last run in full.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failoverTable } from './failover-table.mjs';
import { ensurePackages, ensureRedis, fail, nx, root, run, say } from './bootstrap.mjs';

/** What callers saw while Redis was in trouble, a line of JSON for each condition. */
const outages = join(root, 'libs/cart-cache/test-output/outages.jsonl');
/** What they saw while nodes of Redis were restarted and lost, a line for each. */
const failovers = join(root, 'k8s/test-output/failover.jsonl');

/** What came of checkouts that something happened to at a step, a line of JSON for each step, edge and fault. */
const faults = join(root, 'apps/checkout/test-output/exactly-once.jsonl');

/** Each suite of proofs: its title, and the Nx project and target that runs it. */
const suites = [
  { title: 'The cart cache', project: 'cart-cache', target: 'test-int', folder: 'libs/cart-cache', tables: [outages] },
  { title: 'Checkout', project: 'checkout', target: 'prove', folder: 'apps/checkout', tables: [faults] },
  { title: 'The whole store', project: 'shop-e2e', target: 'prove', folder: 'apps/shop-e2e', tables: [] },
  { title: 'Redis on Kubernetes', project: 'k8s', target: 'prove', folder: 'k8s', tables: [failovers] },
];

const named = process.argv.slice(2);
const isUnknown = (name) => !suites.some(({ project }) => project === name);
if (named.some(isUnknown)) fail(`there is no suite ${named.find(isUnknown)}`);

ensurePackages();
ensureRedis();
if (!nx(['run-many', '-t', 'build'], { quiet: true }).ok) fail('the build failed');
const finished = suites.map((suite) => {
  const file = join(root, suite.folder, 'test-output', 'proofs.jsonl');
  if (named.length > 0 && !named.includes(suite.project)) return { ...suite, ok: true, proofs: linesOf(file) };
  for (const left of [file, ...suite.tables]) rmSync(left, { force: true });
  const { ok } = nx(['run', `${suite.project}:${suite.target}`, '--output-style=static'], { env: { PROVE: '1' } });
  const proofs = linesOf(file);
  if (proofs.length === 0) fail(`${suite.project} left no proofs`);
  return { ...suite, ok, proofs };
});

const document = join('docs', 'proofs.md');
writeFileSync(join(root, document), page());
/** Documents with tables of what was seen, between marks; one whose proofs were never run in full here stays as it is. */
const tables = [
  { path: join('libs', 'cart-cache', 'README.md'), mark: 'outage-table', from: outages, toLines: outageTable },
  { path: join('docs', 'exactly-once.md'), mark: 'fault-tables', from: faults, toLines: faultTables },
  { path: join('docs', 'failover.md'), mark: 'failover-table', from: failovers, toLines: failoverTable },
];
const written = [document];
for (const { path, mark, from, toLines } of tables) {
  const rows = linesOf(from);
  if (rows.length === 0) continue;
  writeFileSync(join(root, path), withTable(readFileSync(join(root, path), 'utf8'), mark, toLines(rows)));
  written.push(path);
}
if (!run(join('node_modules', '.bin', 'prettier'), ['--write', ...written], { quiet: true }).ok)
  fail('prettier failed');
const failed = finished.flatMap(({ proofs }) => proofs.filter(({ held }) => !held));
say(`${written.join(', ')} are written; ${failed.length} proofs failed`);
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

function linesOf(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  // What a run of the tests left meanwhile has small counts.
  return lines.map((line) => JSON.parse(line)).filter(({ full }) => full);
}

function outageTable(rows) {
  return [
    `Seen on ${rows[0].at.slice(0, 10)} by \`npm run prove\`: 24 callers that add all the time, each condition for 3 s or until it ends by itself, deadline 500 ms.`,
    '',
    '| Redis is | A caller sees | Calls: done, refused, unclear | Acknowledged adds lost | Longest call | Back after |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${sees(row)} | ${[row.acknowledged, row.refused, row.unclear].map((n) => n.toLocaleString('en')).join(', ')} | ${row.lost} | ${row.longestMs} ms | ${row.backMs} ms |`,
    ),
    '',
    'Refused: `RedisUnavailableError` that says that nothing happened. Unclear: one that says that it may have happened. Back: the first',
    'success after the moment at which a probe could write to a primary; under Sentinel, to the one that the sentinels name, which a',
    'promoted replica is only some time after it takes writes.',
  ];
}

/** A table for each fault: a row for each step. */
function faultTables(rows) {
  return [...new Set(rows.map(({ fault }) => fault))].flatMap((fault) => {
    const ofFault = rows.filter((row) => row.fault === fault);
    const steps = [...new Set(ofFault.map(({ step }) => step))];
    const total = (key) => ofFault.reduce((sum, row) => sum + row[key], 0);
    return [
      `### When ${fault}`,
      '',
      `${total('runs').toLocaleString('en')} checkouts on ${ofFault[0].at.slice(0, 10)}; ${total('charges').toLocaleString('en')} charges for ${total('paid').toLocaleString('en')} paid orders; ${total('missing')} pieces gone from carts.`,
      '',
      '| At the step | Runs, before and after it | Orders: paid, declined, cancelled | Charges | Gone from carts |',
      '| --- | --- | --- | --- | --- |',
      ...steps.map((step) =>
        toFaultRow(
          step,
          ofFault.filter((row) => row.step === step),
        ),
      ),
      '',
    ];
  });
}

function toFaultRow(step, edges) {
  const sum = (key) => edges.reduce((soFar, edge) => soFar + edge[key], 0);
  const runs = edges.map(({ runs }) => runs).join(' + ');
  return `| ${step} | ${runs} | ${sum('paid')}, ${sum('declined')}, ${sum('cancelled')} | ${sum('charges')} | ${sum('missing')} |`;
}

/** The text with these lines between its two marks. */
function withTable(text, mark, lines) {
  const marked = new RegExp(`(<!-- ${mark}:start -->)[^]*(<!-- ${mark}:end -->)`);
  if (!marked.test(text)) fail(`there is no place for the ${mark}`);
  return text.replace(marked, (_all, start, end) => `${start}\n\n${lines.join('\n').trim()}\n\n${end}`);
}

function sees({ refused, unclear }) {
  if (refused + unclear === 0) return 'nothing of it';
  if (unclear === 0) return '`RedisUnavailableError`, nothing happened';
  return '`RedisUnavailableError`; calls under way at its begin may have happened';
}
