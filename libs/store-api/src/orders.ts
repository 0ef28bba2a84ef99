import { z } from 'zod';
import { itemId, money } from './catalogue';
import { createCursorSchema, nextCursor, pageLimit } from './paging';

export const orderId = z.uuid();

export const orderStatuses = ['pending', 'paid', 'declined', 'cancelled'] as const;
const orderStatus = z.enum(orderStatuses).meta({ id: 'OrderStatus' });

export const ordersQuery = z.object({
  status: orderStatus.optional().describe('Without it, the list has the pending and the paid orders'),
  limit: pageLimit,
  cursor: createCursorSchema(z.tuple([z.iso.datetime(), orderId]))
    .optional()
    .describe('The `nextCursor` of the page before'),
});

export const orderLine = z
  .strictObject({
    id: itemId,
    name: z.string(),
    quantity: z.int().positive(),
    unitPrice: money,
    lineTotal: money,
  })
  .meta({ id: 'OrderLine' });

export const totals = {
  subtotal: money.describe('Of the lines'),
  shipping: money,
  tax: money,
  total: money.describe('What is charged'),
};

export const order = z
  .strictObject({
    id: orderId,
    status: orderStatus,
    createdAt: z.iso.datetime(),
    lines: z.array(orderLine),
    ...totals,
  })
  .meta({ id: 'Order' });

export const ordersPage = z.strictObject({ orders: z.array(order), nextCursor }).meta({ id: 'OrderPage' });

export type OrderStatus = z.output<typeof orderStatus>;
export type OrderLine = z.output<typeof orderLine>;
export type Order = z.output<typeof order>;
