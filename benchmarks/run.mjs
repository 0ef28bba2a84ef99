// node benchmarks/run.mjs [NAME …]: measures the subjects in turn; `npm run bench` comes first and sees to what it needs.
import { leaveTheServersCore } from './lib/cores.mjs';
import { conditions, keep, print } from './lib/report.mjs';
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

let refused = 0;
let overBudget = 0;
try {
  for (const name of named) {
    const { title, measure } = await import(`./subjects/${name}.mjs`);
    process.stdout.write(`${title} …\n`);
    const startedAt = performance.now();
    const { figures, samples } = await measure({ redis, store });
    const tookSeconds = Math.round((performance.now() - startedAt) / 1000);
    const result = {
      name,
      title,
      at: new Date().toISOString(),
      tookSeconds,
      conditions: conditions(),
      figures,
      samples,
    };
    print(result);
    if (!isShortened) keep(result);
    refused += figures.filter((figure) => figure.refused).length;
    overBudget += figures.filter((figure) => figure.isBudget && isMet(figure) === false).length;
  }
} finally {
  for (const server of started.reverse()) await server.stop();
}
if (isShortened) process.stdout.write('A shortened run: nothing of it is kept.\n');
if (refused > 0) process.stdout.write(`${refused} figures are refused: run it on a quieter machine.\n`);
if (overBudget > 0) process.stdout.write(`${overBudget} figures are over their budget.\n`);
process.exitCode = refused + overBudget > 0 ? 1 : 0;
