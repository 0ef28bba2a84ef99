import type { Order } from '../api/types';
import { Price } from './price';

export const Totals = ({ shipping, tax, total }: Pick<Order, 'shipping' | 'tax' | 'total'>) => (
  <dl className="totals">
    <dt>Shipping</dt>
    <dd>{shipping.amount === 0 ? 'Free' : <Price money={shipping} />}</dd>
    {tax.amount > 0 && (
      <>
        <dt>Tax</dt>
        <dd>
          <Price money={tax} />
        </dd>
      </>
    )}
    <dt className="totals-total">Total</dt>
    <dd className="totals-total">
      <Price money={total} />
    </dd>
  </dl>
);
