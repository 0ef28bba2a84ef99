import { z } from 'zod';
import { addHeaders, cart, changedCart, newLine, newQuantity } from './cart';
import { itemId } from './catalogue';
import type { Operation } from './operation';

const common = { servedBy: 'inventory', tag: 'Cart', bearer: true, scope: 'cart' } as const;
const params = z.object({ id: itemId });
const headers = { Authorization: 'Bearer {{shopper}}' };
const changed = { status: 200, description: 'The cart', schema: changedCart };
const mug = { id: 'badger-enamel-mug' };
const teapot = { id: 'sett-stoneware-teapot' };

export const cartOperations: readonly Operation[] = [
  {
    ...common,
    id: 'addToCart',
    method: 'post',
    path: '/Cart/Item',
    summary: 'Add to the cart; adds at the same time lose nothing',
    headers: addHeaders,
    body: newLine,
    bodyRequired: true,
    answer: { status: 201, description: 'The cart', schema: changedCart },
    problems: {
      404: 'There is no such item',
      409: 'The item is sold out (`OUT_OF_STOCK`, with `lines`)',
      422: 'Over a limit, or another add under the same Idempotency-Key',
    },
    examples: [
      { summary: 'A mug', headers, body: mug, status: 201 },
      {
        summary: 'Two more, safe to repeat',
        headers: { ...headers, 'Idempotency-Key': 'two-mugs' },
        body: { ...mug, quantity: 2 },
        status: 201,
      },
      { summary: 'A teapot', headers, body: teapot, status: 201 },
      { summary: 'What is not sold', headers, body: { id: 'honey-badger' }, status: 404 },
      { summary: 'What is sold out', headers, body: { id: 'long-claw-mittens' }, status: 409 },
      { summary: 'Nothing of it', headers, body: { ...mug, quantity: 0 }, status: 400 },
      { summary: 'Too many', headers, body: { ...mug, quantity: 100_000 }, status: 422 },
      { summary: 'As nobody', body: mug, status: 401 },
    ],
  },
  {
    ...common,
    id: 'setQuantity',
    method: 'patch',
    path: '/Cart/Item/{id}',
    summary: 'Set how many of an item are in the cart',
    params,
    body: newQuantity,
    bodyRequired: true,
    answer: changed,
    problems: { 404: 'It is not in the cart', 422: 'Over a limit' },
    examples: [
      { summary: 'Five mugs', path: mug, headers, body: { quantity: 5 }, status: 200 },
      { summary: 'What is not in it', path: { id: 'honey-badger' }, headers, body: { quantity: 1 }, status: 404 },
    ],
  },
  {
    ...common,
    id: 'removeLine',
    method: 'delete',
    path: '/Cart/Item/{id}',
    summary: 'Take an item out of the cart',
    params,
    answer: changed,
    problems: { 404: 'It is not in the cart' },
    examples: [
      { summary: 'The teapot', path: teapot, headers, status: 200 },
      { summary: 'Once more', path: teapot, headers, status: 404 },
    ],
  },
  {
    ...common,
    id: 'readCart',
    method: 'get',
    path: '/Cart',
    summary: 'The cart, in the order in which it was filled',
    answer: { status: 200, description: 'The cart', schema: cart },
    problems: {},
    examples: [{ summary: 'With five mugs', headers, status: 200 }],
  },
  {
    ...common,
    id: 'emptyCart',
    method: 'delete',
    path: '/Cart',
    summary: 'Empty the cart',
    answer: { status: 204, description: 'It is empty' },
    problems: {},
    examples: [{ summary: 'Whatever is in it', headers: { Authorization: 'Bearer {{visitor}}' }, status: 204 }],
  },
];
