// node benchmarks/run.mjs [NAME …]: measures the subjects in turn; `npm run bench` comes first and sees to what it needs.
import { leaveTheServersCore } from './lib/cores.mjs';
import { conditionsOf, keep, print } from './lib/report.mjs';
import { startRedis } from './lib/redis.mjs';
import { isMet } from './lib/rounds.mjs';
import { startStore } from './lib/store.mjs';
import { isShortened } from './settings.mjs';

const named = process.argv.slice(2);
leaveTheServersCore();

const started = [];
const once = (start) => {
  let starting;
  return () => (starting ??= start().then((server) => (started.push(server), server)));
};
const redis = once(startRedis);
const store = once(async () => startStore((await redis()).url));

const figures = [];
let broken = 0;
try {
  for (const name of named) {
    // One that a busy machine broke leaves the others to be measured.
    await measureOne(name).catch((error) => {
      broken += 1;
      process.stderr.write(`${name}: ${error.stack}\n`);
    });
  }
} finally {
  for (const server of started.reverse()) await server.stop();
}

const refused = figures.filter((figure) => figure.refused);
const overBudget = figures.filter((figure) => figure.isBudget && isMet(figure) === false);
if (isShortened) process.stdout.write('A shortened run: nothing of it is kept.\n');
if (refused.length > 0) process.stdout.write(`${refused.length} figures are refused: run it on a quieter machine.\n`);
if (overBudget.length > 0) process.stdout.write(`${overBudget.length} figures are over their budget.\n`);
process.exitCode = broken + refused.length + overBudget.length > 0 ? 1 : 0;

async function measureOne(name) {
  const { title, measure } = await import(`./subjects/${name}.mjs`);
  process.stdout.write(`${title} …\n`);
  const startedAt = performance.now();
  const measured = await measure({ redis, store });
  const tookSeconds = Math.round((performance.now() - startedAt) / 1000);
  const at = new Date().toISOString();
  const result = { name, title, at, tookSeconds, conditions: conditionsOf(measured.samples), ...measured };
  print(result);
  if (!isShortened) keep(result);
  figures.push(...measured.figures);
}
