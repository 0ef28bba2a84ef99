import { z } from 'zod';
import { checkedOut, checkoutBody, checkoutHeaders, paymentMethodList, paymentMethods, quote } from './checkout';
import type { Operation } from './operation';
import { order, orderId, ordersPage, ordersQuery } from './orders';

const common = { servedBy: 'checkout', tag: 'Orders', bearer: true } as const;
const headers = { Authorization: 'Bearer {{shopper}}' };
const ownSite = { ...headers, Origin: '{{store}}' };
const paying = (token: string) => ({ payment: { method: 'test', token } });

export const orderOperations: readonly Operation[] = [
  {
    id: 'listPaymentMethods',
    servedBy: 'checkout',
    tag: 'Orders',
    method: 'get',
    path: '/payment-methods',
    summary: 'List the payment methods that the store accepts',
    answer: { status: 200, description: 'The payment methods', schema: paymentMethodList, isPublic: true },
    problems: {},
    examples: [{ summary: 'All of them', status: 200 }],
  },
  {
    ...common,
    id: 'quoteCheckout',
    scope: 'checkout',
    method: 'get',
    path: '/Cart/checkout',
    summary: 'Calculate what a checkout of the cart would cost, without buying or reserving anything',
    answer: { status: 200, description: 'The quote', schema: quote },
    problems: {
      409: 'The prices cannot be charged (`MIXED_CURRENCIES` or `INVALID_PRICE`, with `lines`)',
      422: 'The total is too large (`TOTAL_TOO_LARGE`, with `lines`)',
      503: 'The cart or the catalogue is unavailable; retry after a moment',
    },
    examples: [
      { summary: 'Of a cart with five mugs', headers, status: 200 },
      { summary: 'In a session that may not check out', headers: { Authorization: 'Bearer {{visitor}}' }, status: 403 },
      { summary: 'Without a userToken', status: 401 },
    ],
  },
  {
    ...common,
    id: 'checkOut',
    scope: 'checkout',
    method: 'patch',
    path: '/Cart/checkout',
    summary: 'Pay for the cart; for the store’s own site alone',
    headers: checkoutHeaders,
    body: checkoutBody(paymentMethods),
    bodyRequired: true,
    answer: { status: 200, description: 'The order', schema: checkedOut },
    problems: {
      400: 'The cart is empty, or the request is not valid',
      402: 'The payment was declined; the cart is as it was',
      403: 'Not from the store’s own site, or the userToken has no scope `checkout`',
      409: 'Out of stock (`OUT_OF_STOCK`, with `lines`), another total than expected (`PRICE_CHANGED`, with `total`), prices that cannot be charged (`MIXED_CURRENCIES` or `INVALID_PRICE`, with `lines`), or a checkout of this cart is under way',
      422: 'The Idempotency-Key came with another body before, or the total is too large (`TOTAL_TOO_LARGE`, with `lines`)',
      503: 'The outcome of the payment is not known yet (then `orderId` names the order), or what this needs is away',
    },
    examples: [
      { summary: 'From elsewhere', headers, body: paying('approve'), status: 403 },
      { summary: 'With a card that is declined', headers: ownSite, body: paying('decline'), status: 402 },
      {
        summary: 'At a total that it does not come to',
        headers: ownSite,
        body: { ...paying('approve'), expectedTotal: { amount: 1, currency: 'EUR' } },
        status: 409,
      },
      {
        summary: 'With a card that is good',
        headers: { ...ownSite, 'Idempotency-Key': 'order-1' },
        body: paying('approve'),
        status: 200,
        keep: { order: ['order', 'id'] },
      },
      {
        summary: 'The same again, because the answer got lost',
        headers: { ...ownSite, 'Idempotency-Key': 'order-1' },
        body: paying('approve'),
        status: 200,
      },
      {
        summary: 'Another body under the same key',
        headers: { ...ownSite, 'Idempotency-Key': 'order-1' },
        body: paying('decline'),
        status: 422,
      },
      { summary: 'Of an empty cart', headers: ownSite, body: paying('approve'), status: 400 },
    ],
  },
  {
    ...common,
    id: 'listOrders',
    scope: 'orders:read',
    method: 'get',
    path: '/orders',
    summary: 'One’s own orders, newest first',
    query: ordersQuery,
    answer: { status: 200, description: 'A page', schema: ordersPage },
    problems: { 400: 'The query is not valid' },
    examples: [{ summary: 'All that are open or paid', headers, status: 200 }],
  },
  {
    ...common,
    id: 'findOrder',
    scope: 'orders:read',
    method: 'get',
    path: '/orders/{id}',
    summary: 'One of one’s own orders',
    params: z.object({ id: orderId }),
    answer: { status: 200, description: 'The order', schema: order },
    problems: { 404: 'There is no such order of one’s own' },
    examples: [
      { summary: 'The one from before', path: { id: '{{order}}' }, headers, status: 200 },
      { summary: 'Somebody else’s', path: { id: '8f8f0f8a-0000-4000-8000-000000000000' }, headers, status: 404 },
    ],
  },
];
