import { cursorOf, pageLimit } from '@badger-store/service-kit';
import { z } from 'zod';

export const itemId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/, 'must be an item id');

const mostIds = 100;

export const itemsQuery = z.object({
  search: z
    .string()
    .max(100)
    .default('')
    .transform((text) => text.split(/\s+/).filter(Boolean)),
  category: z.string().max(64).optional(),
  limit: pageLimit,
  cursor: cursorOf(z.tuple([z.string(), itemId])).optional(),
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(itemId).max(mostIds))
    .optional(),
});
