import type { CallService } from '@badger-store/service-kit';
import { z } from 'zod';
import type { MoveOrders } from '../domain/hand-over';

const answer = z.object({ pending: z.boolean() });

const deadlineMs = 1500;

/** Asks checkout, over its internal route, to give a guest's orders to a user. */
export function createMoveOrders(callCheckout: CallService): MoveOrders {
  return (from, to) =>
    callCheckout({
      method: 'POST',
      path: '/internal/orders/move',
      body: { from, to },
      deadlineMs,
      read({ status, body }) {
        if (status !== 200) throw new Error(`checkout answered ${status} to the move of orders`);
        return answer.parse(body);
      },
    });
}
