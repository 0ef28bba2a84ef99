import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { ordersQuery } from '../api/queries';
import { useStore } from '../api/store';
import type { Order } from '../api/types';
import { Failure } from '../components/failure';
import { OrderStatus } from '../components/order-status';
import { Price } from '../components/price';
import { session } from '../shop';

export function OrdersPage() {
  const { status } = useStore(session);
  const hasSession = status === 'guest' || status === 'user';
  const query = useInfiniteQuery({ ...ordersQuery(), enabled: hasSession });
  const orders = query.data?.pages.flatMap((page) => page.orders);
  return (
    <div className="section narrow">
      <title>Your orders · Badger Store</title>
      <h1 tabIndex={-1}>Your orders</h1>
      {query.error && !orders && (
        <Failure error={query.error} what="Your orders" onRetry={() => void query.refetch()} />
      )}
      {(status === 'none' || orders?.length === 0) && (
        <p className="empty">
          No orders yet. <Link href="/shop">See all goods</Link>
        </p>
      )}
      {hasSession && !orders && !query.error && <div className="skeleton skeleton-block" aria-label="Loading" />}
      <ul className="orders">
        {orders?.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
      </ul>
      {query.hasNextPage && (
        <button type="button" className="button button-quiet more" onClick={() => void query.fetchNextPage()}>
          Show more
        </button>
      )}
    </div>
  );
}

const OrderRow = ({ order: { id, createdAt, status, lines, total } }: { order: Order }) => (
  <li>
    <Link href={`/account/orders/${id}`} className="order-row">
      <span>
        <b>{formatDate(createdAt)}</b>
        <span className="hint">{lines.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')}</span>
      </span>
      <OrderStatus status={status} />
      <Price money={total} />
    </Link>
  </li>
);

const format = new Intl.DateTimeFormat('en-IE', { dateStyle: 'medium', timeStyle: 'short' });
export const formatDate = (iso: string) => format.format(new Date(iso));
