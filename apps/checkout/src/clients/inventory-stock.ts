import type { CallService, ServiceAnswer } from '@badger-store/service-kit';
import { z } from 'zod';
import { OutOfStockError } from '../domain/checkout-errors';
import type { Stock } from '../domain/ports';

const problem = z.object({ code: z.string() });
const outOfStock = z.object({
  code: z.literal('OUT_OF_STOCK'),
  lines: z.array(z.object({ id: z.string(), requested: z.int(), available: z.int() })).min(1),
});

const asItIs = (answer: ServiceAnswer) => answer;

const reserveDeadlineMs = 2000;
/** Nobody waits for these in vain: what fails is done later. */
const endDeadlineMs = 1000;

/** Holds stock back through inventory's internal routes. */
export function createInventoryStock(callInventory: CallService): Stock {
  const end = async (checkoutId: string, how: 'commit' | 'release') => {
    const path = `/internal/reservations/${checkoutId}/${how}`;
    const answer = await callInventory({ method: 'POST', path, deadlineMs: endDeadlineMs, read: asItIs });
    if (answer.status !== 200) throw refused(`${how} of ${checkoutId}`, answer);
  };

  return {
    async reserve(checkoutId, lines) {
      const path = `/internal/reservations/${checkoutId}`;
      const answer = await callInventory({
        method: 'PUT',
        path,
        body: { lines },
        deadlineMs: reserveDeadlineMs,
        read: asItIs,
      });
      if (answer.status === 200) return;
      const shortage = outOfStock.safeParse(answer.body);
      if (answer.status === 409 && shortage.success) throw new OutOfStockError(shortage.data.lines);
      throw refused(`reservation of ${checkoutId}`, answer);
    },
    commit: (checkoutId) => end(checkoutId, 'commit'),
    release: (checkoutId) => end(checkoutId, 'release'),
  };
}

function refused(what: string, { status, body }: ServiceAnswer): Error {
  const { data } = problem.safeParse(body);
  return new Error(`inventory answered ${status} ${data?.code ?? ''} to the ${what}`);
}
