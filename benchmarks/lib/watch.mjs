// What the machine did while something was measured.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onServersCore, ticksOf, ticksOfServersCore } from './cores.mjs';

const [task, ...taskArgs] = onServersCore([
  process.execPath,
  fileURLToPath(new URL('fixed-task.mjs', import.meta.url)),
]);

/** How long a task that is always the same takes on the server's core now, in ms. */
export const fixedTaskMs = () => Number(execFileSync(task, taskArgs, { encoding: 'utf8' }));

/**
 * Runs something that takes `seconds`. Resolves to its result; to shares of the server's core in the middle half of that time: the
 * process's own, that of others, and what the host took away; and to how many seconds longer it took, as on a machine that was paused.
 */
export async function watch(pid, seconds, run) {
  const startedAt = performance.now();
  const [result, shares] = await Promise.all([run(), sharesBetween(pid, seconds)]);
  return { result, ...shares, lateSeconds: (performance.now() - startedAt) / 1000 - seconds };
}

async function sharesBetween(pid, seconds) {
  await sleep(seconds * 250);
  const [core, used] = [ticksOfServersCore(), ticksOf(pid)];
  await sleep(seconds * 500);
  const [coreThen, usedThen] = [ticksOfServersCore(), ticksOf(pid)];
  const all = coreThen.all - core.all;
  const own = (usedThen - used) / all;
  return {
    own,
    others: Math.max(0, (coreThen.busy - core.busy) / all - own),
    stolen: (coreThen.steal - core.steal) / all,
  };
}
