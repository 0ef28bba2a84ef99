import type { CallService } from '@badger-store/service-kit';
import { z } from 'zod';
import type { MigrateOrders } from '../domain/guest-migration';

const reply = z.object({ pending: z.boolean() });

const deadlineMs = 1500;

export function createMigrateOrders(callCheckout: CallService): MigrateOrders {
  return (guestId, userId) =>
    callCheckout({
      method: 'POST',
      path: '/internal/guest-migrations',
      body: { guestId, userId },
      deadlineMs,
      read({ status, body }) {
        if (status !== 200) throw new Error(`checkout responded with status ${status} to a guest migration`);
        return reply.parse(body);
      },
    });
}
