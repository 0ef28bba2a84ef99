import { ServiceError } from '@badger-store/service-kit';
import { z } from 'zod';
import type { FindOutcomes } from '../domain/sweep-reservations';

const answer = z.object({
  outcomes: z.array(z.object({ id: z.string(), status: z.enum(['pending', 'paid', 'declined', 'cancelled']) })),
});

const deadlineMs = 2000;

/**
 * Asks checkout, over its internal route, one replica after the other until one answers as agreed; rejects with an `unavailable`
 * error when none does in time.
 */
export function createCheckoutOutcomes(urls: readonly string[], serviceToken: () => string): FindOutcomes {
  const ask = async (url: string, ids: readonly string[]) => {
    const response = await fetch(new URL('/internal/orders/outcomes', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${serviceToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ids }),
      signal: AbortSignal.timeout(deadlineMs),
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`checkout answered ${response.status}`);
    const { outcomes } = answer.parse(await response.json());
    const found = new Map(outcomes.map(({ id, status }) => [id, status]));
    // What is missing is released, so an answer to some other question must not pass for one to this.
    const isToThis = found.size === outcomes.length && [...found.keys()].every((id) => ids.includes(id));
    if (!isToThis) throw new Error('checkout answered another question');
    return found;
  };

  return async (ids) => {
    const failures: unknown[] = [];
    for (const url of urls) {
      try {
        return await ask(url, ids);
      } catch (error) {
        failures.push(error);
      }
    }
    const why = failures.map(String).join('; ');
    throw new ServiceError('unavailable', 'CHECKOUT_UNAVAILABLE', `Checkout cannot be asked for outcomes: ${why}`, {
      cause: failures.at(-1),
    });
  };
}
