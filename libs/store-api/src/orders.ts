import { z } from 'zod';
import { itemId, money } from './catalogue';
import { cursorOf, nextCursor, pageLimit } from './paging';

export const orderId = z.uuid();

const orderStatus = z.enum(['pending', 'paid', 'declined', 'cancelled']);

export const ordersQuery = z.object({
  status: orderStatus.optional().describe('Without it, those that are pending or paid'),
  limit: pageLimit,
  cursor: cursorOf(z.tuple([z.iso.datetime(), orderId]))
    .optional()
    .describe('The nextCursor of the page before'),
});

export const orderLine = z.strictObject({
  id: itemId,
  name: z.string(),
  quantity: z.int().positive(),
  unitPrice: money,
  lineTotal: money,
});

export const totals = {
  subtotal: money.describe('Of the lines'),
  shipping: money,
  tax: money,
  total: money.describe('What is charged'),
};

export const order = z.strictObject({
  id: orderId,
  status: orderStatus,
  createdAt: z.iso.datetime(),
  lines: z.array(orderLine),
  ...totals,
});

export const ordersPage = z.strictObject({ orders: z.array(order), nextCursor });
