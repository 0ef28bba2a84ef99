// From the start of a service's process until it serves and has Redis, PostgreSQL and the revocations. What it reads from
// disk is in the machine's memory already.
import { inTurn, spreadOf } from '../lib/rounds.mjs';
import { fixedTaskMs } from '../lib/watch.mjs';

export const title = 'Start of a service';
const services = ['gateway', 'inventory', 'checkout'];

export async function measure({ store }) {
  const { startService } = await store();
  const samples = await inTurn(
    services.map((name) => ({ name })),
    async ({ name }) => {
      const taskMs = fixedTaskMs();
      const { readyAfterMs, stop } = await startService(name);
      await stop();
      return { readyAfterMs, taskMs };
    },
  );
  const figures = services.map((name) => ({
    what: `${name} ready after, ms`,
    target: { atMost: 1000 },
    ...spreadOf(samples[name].map(({ readyAfterMs }) => readyAfterMs)),
  }));
  return { samples, figures };
}
