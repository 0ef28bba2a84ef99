import type { CallService } from '@badger-store/service-kit';
import { z } from 'zod';
import type { MigrateOrders } from '../domain/guest-migration';

const reply = z.object({ pending: z.boolean() });

const deadlineMs = 1500;

/** Asks checkout, over its internal route, to reassign a guest's orders to a user. */
export function createMigrateOrders(callCheckout: CallService): MigrateOrders {
  return (guestId, userId) =>
    callCheckout({
      method: 'POST',
      path: '/internal/guest-migrations',
      body: { guestId, userId },
      deadlineMs,
      read({ status, body }) {
        if (status !== 200) throw new Error(`checkout answered ${status} to a guest migration`);
        return reply.parse(body);
      },
    });
}
