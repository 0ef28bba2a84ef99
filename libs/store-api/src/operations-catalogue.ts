import { z } from 'zod';
import { categories, item, itemId, itemsPage, itemsQuery } from './catalogue';
import type { Operation } from './operation';

const tag = 'Catalogue';
const servedBy = 'inventory';
const params = z.object({ id: itemId });
const away = { 503: 'The catalogue is away for the moment' };

export const catalogueOperations: readonly Operation[] = [
  {
    id: 'listItems',
    method: 'get',
    path: '/inventory/items',
    servedBy,
    tag,
    summary: 'The goods, page by page',
    query: itemsQuery,
    answer: { status: 200, description: 'A page', schema: itemsPage, isPublic: true },
    problems: { 400: 'The query is not valid', ...away },
    examples: [
      { summary: 'Mugs', query: { search: 'mug', limit: '5' }, status: 200 },
      { summary: 'The newest toys', query: { category: 'toys', sort: 'newest' }, status: 200 },
      { summary: 'A page that is too long', query: { limit: '1000' }, status: 400 },
    ],
  },
  {
    id: 'listCategories',
    method: 'get',
    path: '/inventory/categories',
    servedBy,
    tag,
    summary: 'The categories, by name',
    answer: { status: 200, description: 'All categories that have items', schema: categories, isPublic: true },
    problems: away,
    examples: [{ summary: 'All of them', status: 200 }],
  },
  {
    id: 'findItem',
    method: 'get',
    path: '/inventory/items/{id}',
    servedBy,
    tag,
    summary: 'One of the goods',
    params,
    answer: { status: 200, description: 'The item', schema: item, isPublic: true },
    problems: { 404: 'There is no such item', ...away },
    examples: [
      { summary: 'A mug', path: { id: 'badger-enamel-mug' }, status: 200 },
      { summary: 'What is not sold', path: { id: 'honey-badger' }, status: 404 },
    ],
  },
  {
    id: 'findPicture',
    method: 'get',
    path: '/inventory/items/{id}/picture.svg',
    servedBy,
    tag,
    summary: 'Its picture',
    params,
    answer: { status: 200, description: 'The picture', type: 'image/svg+xml', isPublic: true },
    problems: { 404: 'There is no such item', ...away },
    examples: [{ summary: 'Of a mug', path: { id: 'badger-enamel-mug' }, status: 200 }],
  },
];
