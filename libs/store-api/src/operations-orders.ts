import { z } from 'zod';
import { checkedOut, checkoutBody, checkoutHeaders, paymentMethodList, paymentMethods, quote } from './checkout';
import type { Operation } from './operation';
import { order, orderId, ordersPage, ordersQuery } from './orders';
import type { ProblemCode } from './problem-types';

const common = { servedBy: 'checkout', tag: 'Orders', bearer: true } as const;
const pricing: readonly ProblemCode[] = ['INVALID_PRICE', 'MIXED_CURRENCIES', 'TOTAL_TOO_LARGE'];
const unavailable: readonly ProblemCode[] = ['POSTGRES_UNAVAILABLE', 'REVOCATIONS_STALE'];

export const orderOperations: readonly Operation[] = [
  {
    id: 'listPaymentMethods',
    servedBy: 'checkout',
    tag: 'Orders',
    method: 'get',
    path: '/payment-methods',
    summary: 'List the payment methods that the store accepts',
    description: 'A checkout with any other payment method is 400 `INVALID_REQUEST`.',
    response: { status: 200, description: 'The payment methods', schema: paymentMethodList, isPublic: true },
    problems: [],
  },
  {
    ...common,
    id: 'quoteCheckout',
    scope: 'checkout',
    method: 'get',
    path: '/Cart/checkout',
    summary: 'Calculate what a checkout of the cart would cost, without buying or reserving anything',
    description: 'To charge this total and no other, send it as `expectedTotal` of the checkout.',
    response: { status: 200, description: 'The quote', schema: quote },
    problems: [...pricing, 'REDIS_UNAVAILABLE', 'INVENTORY_UNAVAILABLE', ...unavailable],
  },
  {
    ...common,
    id: 'checkOut',
    scope: 'checkout',
    method: 'patch',
    path: '/Cart/checkout',
    summary: 'Check out: pay for the cart',
    description:
      'Only for first-party origins. The session must have started from one (scope `checkout`), and the request must come from one: a browser ' +
      'sends `Origin` automatically; a program sends `Origin` with the URL of the store. Items that are added while the payment ' +
      'runs stay in the cart. With an `Idempotency-Key` the request can be repeated safely.',
    headers: checkoutHeaders,
    body: checkoutBody(paymentMethods).meta({ id: 'CheckoutRequest' }),
    bodyRequired: true,
    response: { status: 200, description: 'The paid order', schema: checkedOut },
    problems: [
      'EMPTY_CART',
      'PAYMENT_DECLINED',
      'ORIGIN_NOT_ALLOWED',
      'OUT_OF_STOCK',
      'PRICE_CHANGED',
      'CHECKOUT_IN_PROGRESS',
      'IDEMPOTENCY_KEY_REUSED',
      ...pricing,
      'CHECKOUT_OUTCOME_UNKNOWN',
      'REDIS_UNAVAILABLE',
      'INVENTORY_UNAVAILABLE',
      ...unavailable,
    ],
  },
  {
    ...common,
    id: 'listOrders',
    scope: 'orders:read',
    method: 'get',
    path: '/orders',
    summary: 'List the user’s orders, newest first',
    description: 'To read the next page, send `nextCursor` as `cursor`, with the same parameters.',
    query: ordersQuery,
    response: { status: 200, description: 'A page of orders', schema: ordersPage },
    problems: ['REDIS_UNAVAILABLE', 'INVENTORY_UNAVAILABLE', ...unavailable],
  },
  {
    ...common,
    id: 'findOrder',
    scope: 'orders:read',
    method: 'get',
    path: '/orders/{id}',
    summary: 'Get an order of the user',
    description: 'An order of another user is 404 `ORDER_NOT_FOUND`.',
    params: z.object({ id: orderId }),
    response: { status: 200, description: 'The order', schema: order },
    problems: ['ORDER_NOT_FOUND', 'REDIS_UNAVAILABLE', 'INVENTORY_UNAVAILABLE', ...unavailable],
  },
];
