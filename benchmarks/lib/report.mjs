// What a run leaves: tables on the terminal, and in results/ a page for each subject.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { isShortened, seconds } from '../settings.mjs';
import { pinning } from './cores.mjs';
import { redisVersion } from './redis.mjs';
import { isMet, getMedian } from './rounds.mjs';

const folder = fileURLToPath(new URL('../results/', import.meta.url));
const { version: autocannonVersion } = createRequire(import.meta.url)('autocannon/package.json');

/** What a sample may tell, and its title. */
const columns = {
  perSecond: 'a second',
  p99Ms: 'p99, ms',
  readyAfterMs: 'ready after, ms',
  bytes: 'bytes',
  allocatedKb: 'KB a request',
  lost: 'lost',
  ownCore: 'share of its core',
  memoryMb: 'peak memory, MB',
};

/** Prints the result of a subject, and keeps it unless the run is a short one. */
export async function report(name, { title, samples, figures }) {
  const page = await format(
    [
      `# ${title}`,
      `\`npm run bench -- ${name}\` on ${new Date().toISOString().slice(0, 10)}: ${describeConditions(samples)}.`,
      toTable(['Figure', 'Against', 'Median', 'Rounds', 'Target', 'Met'], figures.map(figureRow)),
      samplesTable(samples),
    ].join('\n\n'),
    { parser: 'markdown' },
  );
  process.stdout.write(`${page}\n`);
  if (isShortened) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.md`, page);
}

function describeConditions(samples) {
  const [first] = Object.values(samples);
  const rounds = `${first.length} rounds${'ownCore' in first[0] ? ` of ${seconds} s` : ''}`;
  const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}`;
  const versions = `Node ${process.versions.node}, Redis ${redisVersion()}, autocannon ${autocannonVersion}`;
  return [machine, versions, pinning, rounds].join('; ');
}

function figureRow({ what, against = '', value, low, high, target, refused }) {
  const limit = target && ('atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`);
  const met = target && (isMet({ value, target }) ? 'yes' : 'no');
  const median = refused ? `${toText(value)}, refused: ${refused}` : toText(value);
  return [what, against, median, `${toText(low)} to ${toText(high)}`, limit ?? '', refused ? '' : (met ?? '')];
}

/** The medians of each contender's rounds. */
function samplesTable(samples) {
  const all = Object.values(samples).flat();
  const shown = Object.keys(columns).filter((key) => all.some((sample) => key in sample));
  const cell = (rounds, key) => (key in rounds[0] ? toText(getMedian(rounds.map((sample) => sample[key]))) : '');
  return toTable(
    ['Medians', ...shown.map((key) => columns[key])],
    Object.entries(samples).map(([name, rounds]) => [name, ...shown.map((key) => cell(rounds, key))]),
  );
}

const toTable = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function toText(number) {
  if (number >= 100) return Math.round(number).toLocaleString('en');
  return number >= 10 ? number.toFixed(1) : number.toFixed(2);
}
