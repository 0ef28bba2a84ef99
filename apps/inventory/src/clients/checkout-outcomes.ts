import type { CallService } from '@badger-store/service-kit';
import { orderStatuses } from '@badger-store/store-api';
import { z } from 'zod';
import type { FindOutcomes } from '../domain/sweep-reservations';

const outcomesResponse = z.object({
  outcomes: z.array(z.object({ id: z.string(), status: z.enum(orderStatuses) })),
});

const deadlineMs = 2000;

/** Reads the outcomes over an internal route of checkout. Rejects with an `unavailable` error when there is no valid response in time. */
export function createCheckoutOutcomes(callCheckout: CallService): FindOutcomes {
  return (ids) =>
    callCheckout({
      method: 'POST',
      path: '/internal/orders/outcomes',
      body: { ids },
      deadlineMs,
      read({ status, body }) {
        if (status !== 200) throw new Error(`checkout responded with ${status}`);
        const { outcomes } = outcomesResponse.parse(body);
        const found = new Map(outcomes.map((outcome) => [outcome.id, outcome.status]));
        // A missing order is released, so the response to another request must not be mistaken for this one.
        const hasRequestedIds = found.size === outcomes.length && [...found.keys()].every((id) => ids.includes(id));
        if (!hasRequestedIds) throw new Error('checkout responded with other orders than requested');
        return found;
      },
    });
}
