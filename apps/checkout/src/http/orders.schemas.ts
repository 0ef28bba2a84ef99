import { cursorOf, pageLimit } from '@badger-store/service-kit';
import { z } from 'zod';

export const orderId = z.uuid();

export const ordersQuery = z.object({
  status: z.enum(['pending', 'paid', 'declined', 'cancelled']).optional(),
  limit: pageLimit,
  cursor: cursorOf(z.tuple([z.iso.datetime(), orderId])).optional(),
});
