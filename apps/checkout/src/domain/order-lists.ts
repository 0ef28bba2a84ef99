import type { Order } from './order';
import type { OrderStatus } from './order-states';

export interface OrderPosition {
  readonly createdAt: Date;
  readonly id: string;
}

export interface OrdersQuery {
  readonly userId: string;
  readonly statuses: readonly OrderStatus[];
  readonly limit: number;
  readonly after?: OrderPosition;
}

/** What users see of their orders. */
export interface OrderLists {
  find(userId: string, id: string): Promise<Order | undefined>;
  /** Newest first. */
  page(query: OrdersQuery): Promise<{ orders: Order[]; next?: OrderPosition }>;
  /** How orders stand, by their ids; those that there are not are left out. */
  statusesOf(ids: readonly string[]): Promise<{ id: string; status: OrderStatus }[]>;
}
