import type { Order } from '../api/types';

const texts: Readonly<Record<Order['status'], string>> = {
  pending: 'Pending',
  paid: 'Paid',
  declined: 'Declined',
  cancelled: 'Cancelled',
};

export const OrderStatus = ({ status }: Pick<Order, 'status'>) => (
  <span className="badge" data-status={status}>
    {texts[status]}
  </span>
);
