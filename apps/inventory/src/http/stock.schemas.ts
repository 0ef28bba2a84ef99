import { itemId } from '@badger-store/store-api';
import { z } from 'zod';

export const reservationPath = z.object({ checkoutId: z.uuid() });

const line = z.strictObject({ id: itemId, quantity: z.int().min(1).max(1_000_000) });

export const reservation = z.strictObject({
  lines: z
    .array(line)
    .min(1)
    .max(1000)
    .refine((lines) => new Set(lines.map(({ id }) => id)).size === lines.length, 'must be of different items'),
});
