import { z } from 'zod';
import { addHeaders, cart, changedCart, changeHeaders, newLine, newQuantity } from './cart';
import { itemId } from './catalogue';
import type { Operation } from './operation';

const common = { servedBy: 'inventory', tag: 'Cart', bearer: true, scope: 'cart' } as const;
const eTag = 'Changes with every change of the cart; for If-Match';
const params = z.object({ id: itemId });
const changed = { status: 200, description: 'The changed cart', schema: changedCart, eTag };

export const cartOperations: readonly Operation[] = [
  {
    ...common,
    id: 'addToCart',
    method: 'post',
    path: '/Cart/Item',
    summary: 'Add an item to the cart',
    description:
      'Concurrent adds are all counted. With an `Idempotency-Key` the request can be repeated safely. An item of which nothing is ' +
      'available is rejected; otherwise the checkout says whether there are enough pieces.',
    headers: addHeaders,
    body: newLine,
    bodyRequired: true,
    response: { status: 201, description: 'The changed cart', schema: changedCart, eTag },
    problems: [
      'ITEM_NOT_FOUND',
      'OUT_OF_STOCK',
      'CART_VERSION_CONFLICT',
      'TOO_MANY_LINES',
      'TOO_MANY_OF_ITEM',
      'TOO_MANY_IDEMPOTENCY_KEYS',
      'IDEMPOTENCY_KEY_REUSED',
      'REDIS_UNAVAILABLE',
      'POSTGRES_UNAVAILABLE',
      'NEW_GUESTS_REFUSED',
    ],
  },
  {
    ...common,
    id: 'setQuantity',
    method: 'patch',
    path: '/Cart/Item/{id}',
    summary: 'Set the quantity of a line',
    description: 'The cart must have the line already. A quantity of 0 removes it.',
    params,
    headers: changeHeaders,
    body: newQuantity,
    bodyRequired: true,
    response: changed,
    problems: ['ITEM_NOT_IN_CART', 'CART_VERSION_CONFLICT', 'TOO_MANY_OF_ITEM', 'REDIS_UNAVAILABLE'],
  },
  {
    ...common,
    id: 'removeLine',
    method: 'delete',
    path: '/Cart/Item/{id}',
    summary: 'Remove a line from the cart',
    description: 'A repeat is 404 `ITEM_NOT_IN_CART`.',
    params,
    headers: changeHeaders,
    response: changed,
    problems: ['ITEM_NOT_IN_CART', 'CART_VERSION_CONFLICT', 'REDIS_UNAVAILABLE'],
  },
  {
    ...common,
    id: 'readCart',
    method: 'get',
    path: '/Cart',
    summary: 'Get the cart',
    description: 'The lines are in the order in which they were added. A user has one cart on every device.',
    response: { status: 200, description: 'The cart', schema: cart, eTag },
    problems: ['REDIS_UNAVAILABLE'],
  },
  {
    ...common,
    id: 'emptyCart',
    method: 'delete',
    path: '/Cart',
    summary: 'Empty the cart',
    description: 'An empty cart stays empty.',
    headers: changeHeaders,
    response: { status: 204, description: 'The cart is empty' },
    problems: ['CART_VERSION_CONFLICT', 'REDIS_UNAVAILABLE'],
  },
];
