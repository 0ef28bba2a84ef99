import type { CallService } from '@badger-store/service-kit';
import { z } from 'zod';
import type { FindOutcomes } from '../domain/sweep-reservations';

const answer = z.object({
  outcomes: z.array(z.object({ id: z.string(), status: z.enum(['pending', 'paid', 'declined', 'cancelled']) })),
});

const deadlineMs = 2000;

/** Asks checkout, over its internal route, until it answers as agreed; rejects with an `unavailable` error when it does not. */
export function createCheckoutOutcomes(callCheckout: CallService): FindOutcomes {
  return (ids) =>
    callCheckout({
      method: 'POST',
      path: '/internal/orders/outcomes',
      body: { ids },
      deadlineMs,
      read({ status, body }) {
        if (status !== 200) throw new Error(`checkout answered ${status}`);
        const { outcomes } = answer.parse(body);
        const found = new Map(outcomes.map((outcome) => [outcome.id, outcome.status]));
        // What is missing is released, so an answer to some other question must not pass for one to this.
        const isToThis = found.size === outcomes.length && [...found.keys()].every((id) => ids.includes(id));
        if (!isToThis) throw new Error('checkout answered another question');
        return found;
      },
    });
}
