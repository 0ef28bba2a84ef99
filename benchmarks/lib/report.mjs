// What a run leaves: a table on the terminal; a file of JSON for each subject, and a page with a chart of them all.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { seconds } from '../settings.mjs';
import { subjects } from '../subjects.mjs';
import { toChart } from './chart.mjs';
import { canPin, otherCores, serverCore } from './cores.mjs';
import { generator } from './load.mjs';
import { redisVersion } from './redis.mjs';
import { figureRows, noiseOf, sampleRows } from './result-rows.mjs';
import { toLines, toMarkdown } from './table.mjs';

const folder = fileURLToPath(new URL('../results/', import.meta.url));
const prettier = fileURLToPath(new URL('../../node_modules/.bin/prettier', import.meta.url));
const fileOf = (name) => `${folder}${name}.json`;

/** Under what a result came about. */
export const conditionsOf = (samples) => ({
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}`,
  versions: `Node ${process.versions.node}, Redis ${redisVersion()}, ${generator}`,
  cores: canPin
    ? `the server on core ${serverCore}, everything else on ${otherCores}`
    : 'not pinned: there is one core, or no taskset',
  rounds: roundsOf(Object.values(samples)[0]),
});

/** Only what was watched for a time has seconds. */
const roundsOf = (of) => (of[0].own === undefined ? `${of.length} rounds` : `${of.length} rounds of ${seconds} s`);

export function print(result) {
  const { machine, versions, cores, rounds } = result.conditions;
  const lines = [
    `${result.title}: ${rounds}; ${versions}; ${machine}; ${cores}`,
    ...toLines(sampleRows(result)),
    '',
    ...toLines(figureRows(result)),
    '',
    noiseOf(result),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function keep(result) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(result.name), JSON.stringify(result, shortNumbers));
  const results = subjects
    .map(fileOf)
    .filter(existsSync)
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const withTargets = results.flatMap(({ name, figures }) =>
    figures.filter(({ target }) => target).map((figure) => ({ ...figure, subject: name })),
  );
  writeFileSync(`${folder}targets.svg`, toChart(withTargets));
  writeFileSync(`${folder}README.md`, pageOf(results));
  const { status, stderr } = spawnSync(prettier, ['--write', fileOf(result.name), `${folder}README.md`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`prettier failed: ${stderr}`);
}

const shortNumbers = (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);

function pageOf(results) {
  const parts = results.flatMap((result) => [
    `## ${result.title}`,
    toMarkdown(figureRows(result)),
    toMarkdown(sampleRows(result)),
    `\`npm run bench -- ${result.name}\` on ${result.at.slice(0, 10)}: ${Object.values(result.conditions).join('; ')}. ${noiseOf(result)}`,
  ]);
  return [
    '# Results of the benchmarks',
    'Written by `npm run bench`. [What is measured, and how](../README.md) says what each peer is and does not do. A ratio is the median ' +
      'of its rounds; one whose rounds lie too far apart, or whose server did not use up its core, is refused.',
    '![Figures by their targets](targets.svg)',
    ...parts,
    '',
  ].join('\n\n');
}
