import { z } from 'zod';
import { createCursorSchema, nextCursor, pageLimit } from './paging';
import { freeText } from './text';

const idPattern = '[A-Za-z0-9][A-Za-z0-9._~-]{0,63}';
export const itemId = z.string().regex(new RegExp(`^${idPattern}$`), 'must be an item id');

const maxIds = 100;

const sort = z.enum(['name', 'price', '-price', 'newest']).meta({ id: 'ItemSort' }).default('name');

/** A cursor belongs to the sort that it was made under. */
const position = z.union([
  z.tuple([z.literal('name'), z.string(), itemId]),
  z.tuple([z.literal(['price', '-price']), z.int32().min(0), itemId]),
  z.tuple([z.literal('newest'), z.iso.datetime(), itemId]),
]);

const listItemsQuery = z.object({
  search: freeText(100)
    .default('')
    .transform((text) => text.split(/\s+/).filter(Boolean))
    .describe('Words that must all occur in name, description or category, in any case and Unicode form'),
  category: freeText(64).optional(),
  limit: pageLimit,
  sort: sort.describe('Items with equal values are sorted by id'),
  cursor: createCursorSchema(position).optional().describe('The `nextCursor` of the page before, with the same `sort`'),
  ids: z
    .string()
    .regex(new RegExp(`^${idPattern}(,${idPattern}){0,${maxIds - 1}}$`), `must be 1 to ${maxIds} item ids`)
    .transform((text) => text.split(','))
    .optional()
    .describe('Up to 100 ids, comma-separated. All other parameters are then ignored'),
});

export const itemsQuery = listItemsQuery.refine(({ sort, cursor }) => !cursor || cursor[0] === sort, {
  path: ['cursor'],
  message: 'is not a cursor of this list',
});

export const money = z
  .strictObject({
    amount: z.int().nonnegative().describe('In the minor unit of the currency, such as cents'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .describe('ISO 4217'),
  })
  .meta({ id: 'Money' });

export const shortage = z
  .strictObject({
    id: itemId,
    requested: z.int().positive().describe('The quantity that was asked for'),
    available: z.int().nonnegative().describe('The quantity that can be bought'),
  })
  .meta({ id: 'Shortage' });

export const item = z
  .strictObject({
    id: itemId,
    name: z.string(),
    description: z.string(),
    category: z.string(),
    price: money,
    available: z.int().nonnegative().describe('Pieces in stock that are not reserved'),
    imageUrl: z.string().describe('A path on this host'),
  })
  .meta({ id: 'Item' });

const category = z
  .strictObject({
    name: z.string().describe('The value of `category` in the list of items'),
    count: z.int().positive().describe('Items in the category, sold-out items included'),
  })
  .meta({ id: 'Category' });

export const categories = z.strictObject({ categories: z.array(category) }).meta({ id: 'CategoryList' });

export const itemsPage = z.strictObject({ items: z.array(item), nextCursor }).meta({ id: 'ItemPage' });

export type ItemSort = z.output<typeof sort>;
export type Money = z.output<typeof money>;
export type Shortage = z.output<typeof shortage>;
export type Item = z.output<typeof item>;
export type Category = z.output<typeof category>;
export type Categories = z.output<typeof categories>;
export type ItemsPage = z.output<typeof itemsPage>;
