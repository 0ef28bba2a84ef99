import { z } from 'zod';
import { categories, item, itemId, itemsPage, itemsQuery } from './catalogue';
import type { Operation } from './operation';

const common = { method: 'get', servedBy: 'inventory', tag: 'Catalogue' } as const;
const params = z.object({ id: itemId });

export const catalogueOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listItems',
    path: '/inventory/items',
    summary: 'List items, page by page',
    description: 'To read the next page, send `nextCursor` as `cursor`, with the same parameters.',
    query: itemsQuery,
    response: { status: 200, description: 'A page of items', schema: itemsPage, isPublic: true },
    problems: ['POSTGRES_UNAVAILABLE', 'BUSY'],
  },
  {
    ...common,
    id: 'listCategories',
    path: '/inventory/categories',
    summary: 'List the categories',
    description: 'The list is sorted by name and has every category with at least one item.',
    response: { status: 200, description: 'The categories', schema: categories, isPublic: true },
    problems: ['POSTGRES_UNAVAILABLE'],
  },
  {
    ...common,
    id: 'findItem',
    path: '/inventory/items/{id}',
    summary: 'Get an item',
    description: '`available` can be up to 10 seconds old.',
    params,
    response: { status: 200, description: 'The item', schema: item, isPublic: true },
    problems: ['ITEM_NOT_FOUND', 'POSTGRES_UNAVAILABLE'],
  },
  {
    ...common,
    id: 'findPicture',
    path: '/inventory/items/{id}/picture.svg',
    summary: 'Get the picture of an item',
    description: 'The `imageUrl` of each item leads here.',
    params,
    response: { status: 200, description: 'The picture', type: 'image/svg+xml', isPublic: true },
    problems: ['ITEM_NOT_FOUND', 'POSTGRES_UNAVAILABLE'],
  },
];
