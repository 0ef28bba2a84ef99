import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from 'wouter';
import { orderQuery } from '../api/queries';
import { useStore } from '../api/store';
import type { Order } from '../api/types';
import { BadgerMark } from '../components/badger-mark';
import { Failure } from '../components/failure';
import { OrderStatus } from '../components/order-status';
import { Price, Totals } from '../components/price';
import { isNotFound, session } from '../shop';
import { NotFoundPage } from './not-found-page';
import { formatDate } from './orders-page';

export function OrderPage({ id }: { id: string }) {
  const { status } = useStore(session);
  const isNew = new URLSearchParams(useSearch()).has('thanks');
  const { data: order, error, refetch } = useQuery({ ...orderQuery(id), enabled: status !== 'restoring' });
  if (isNotFound(error)) return <NotFoundPage />;
  return (
    <div className="section narrow">
      <title>Order · Badger Store</title>
      {isNew ? (
        <div className="thanks">
          <BadgerMark className="mark mark-happy" />
          <h1 tabIndex={-1}>Thanks for shopping with us!</h1>
          <p>Your order is in the books. Sleep well.</p>
        </div>
      ) : (
        <h1 tabIndex={-1}>Order</h1>
      )}
      {error && !order && <Failure error={error} what="The order" onRetry={() => void refetch()} />}
      {order ? (
        <OrderDetails order={order} />
      ) : (
        !error && <div className="skeleton skeleton-block" aria-label="Loading" />
      )}
      <p className="button-row">
        <Link href="/shop" className="button">
          Go on shopping
        </Link>
        <Link href="/account/orders" className="button button-quiet">
          All your orders
        </Link>
      </p>
    </div>
  );
}

const OrderDetails = ({ order }: { order: Order }) => (
  <section className="panel" aria-label="Order details">
    <p className="order-head">
      <span>
        Order <code>{order.id.slice(0, 8)}</code>, {formatDate(order.createdAt)}
      </span>
      <OrderStatus status={order.status} />
    </p>
    <ul className="summary-lines">
      {order.lines.map(({ id, name, quantity, lineTotal }) => (
        <li key={id}>
          <span>
            {quantity} × <Link href={`/shop/items/${id}`}>{name}</Link>
          </span>
          <Price money={lineTotal} />
        </li>
      ))}
    </ul>
    <Totals {...order} />
  </section>
);
