// node benchmarks/run.mjs [NAME …]: measures the subjects in turn; `npm run bench` comes first and installs what it needs.
import { leaveServerCore } from './lib/cores.mjs';
import { startRedis } from './lib/redis.mjs';
import { report } from './lib/report.mjs';
import { isMet } from './lib/rounds.mjs';
import { startStore } from './lib/store.mjs';
import { isShortened } from './settings.mjs';

leaveServerCore();
const started = [];
const once = (start) => {
  let starting;
  return () => (starting ??= start().then((server) => (started.push(server), server)));
};
const redis = once(startRedis);
const store = once(async () => startStore((await redis()).url));

const figures = [];
let failed = 0;
try {
  for (const name of process.argv.slice(2)) {
    // A subject that a busy machine broke leaves the others to be measured.
    try {
      const { title, measure } = await import(`./subjects/${name}.mjs`);
      process.stdout.write(`${title} …\n`);
      const measured = await measure({ redis, store });
      await report(name, { title, ...measured });
      figures.push(...measured.figures);
    } catch (error) {
      failed += 1;
      process.stderr.write(`${name}: ${error.stack}\n`);
    }
  }
} finally {
  for (const server of started.reverse()) await server.stop();
}

const refused = figures.filter((figure) => figure.refused);
const overBudget = figures.filter((figure) => figure.isBudget && !isMet(figure));
if (isShortened) process.stdout.write('A shortened run: nothing of it is kept.\n');
if (refused.length > 0) process.stdout.write(`${refused.length} figures are refused: run it on a quieter machine.\n`);
if (overBudget.length > 0) process.stdout.write(`${overBudget.length} figures are over their budget.\n`);
process.exitCode = failed + refused.length + overBudget.length > 0 ? 1 : 0;
