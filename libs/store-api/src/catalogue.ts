import { z } from 'zod';
import { cursorOf, nextCursor, pageLimit } from './paging';
import { freeText } from './text';

const idPattern = '[A-Za-z0-9][A-Za-z0-9._~-]{0,63}';
export const itemId = z.string().regex(new RegExp(`^${idPattern}$`), 'must be an item id');

const maxIds = 100;

export const itemsQuery = z.object({
  search: freeText(100)
    .default('')
    .transform((text) => text.split(/\s+/).filter(Boolean))
    .describe('Words that all occur in name, description or category, whatever their case and Unicode form'),
  category: freeText(64).optional(),
  limit: pageLimit,
  cursor: cursorOf(z.tuple([z.string(), itemId]))
    .optional()
    .describe('The nextCursor of the page before'),
  ids: z
    .string()
    .regex(new RegExp(`^${idPattern}(,${idPattern}){0,${maxIds - 1}}$`), `must be 1 to ${maxIds} item ids`)
    .transform((text) => text.split(','))
    .optional()
    .describe('Up to 100 ids, comma-separated; then nothing else counts'),
});

export const money = z.strictObject({
  amount: z.int().nonnegative().describe('In the currency’s minor unit'),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

export const item = z.strictObject({
  id: itemId,
  name: z.string(),
  description: z.string(),
  category: z.string(),
  price: money,
  available: z.int().nonnegative(),
  imageUrl: z.string(),
});

export const itemsPage = z.strictObject({ items: z.array(item), nextCursor });

export type Item = z.output<typeof item>;
export type ItemsPage = z.output<typeof itemsPage>;
