// From the start of a service's process until it serves and has Redis, PostgreSQL and the revocations. What it reads from
// disk is in the machine's memory already.
import { figure, roundRobin } from '../lib/rounds.mjs';

export const title = 'Start of a service';
const services = ['gateway', 'inventory', 'checkout'];

export async function measure({ store }) {
  const { startService } = await store();
  const samples = await roundRobin(
    services.map((name) => ({ name })),
    async ({ name }) => {
      const { readyAfterMs, stop } = await startService(name);
      await stop();
      return { readyAfterMs };
    },
  );
  const figures = services.map((name) =>
    figure(`${name} ready after, ms`, samples[name], 'readyAfterMs', { atMost: 1000 }),
  );
  return { samples, figures };
}
