export const orderStatuses = ['pending', 'paid', 'declined', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** An order that has ended never changes its status again. */
export type EndStatus = Exclude<OrderStatus, 'pending'>;

/** Every move that an order may make. The database refuses all others (migration 005); a test holds the two together. */
export const orderMoves: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['paid', 'declined', 'cancelled'],
  paid: [],
  declined: [],
  cancelled: [],
};
