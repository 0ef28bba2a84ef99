import type { Money, Order } from '../api/types';

const formats = new Map<string, Intl.NumberFormat>();

export function formatMoney({ amount, currency }: Money): string {
  let format = formats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat('en-IE', { style: 'currency', currency });
    formats.set(currency, format);
  }
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  return format.format(amount / 10 ** maximumFractionDigits);
}

export const Price = ({ money, className }: { money: Money; className?: string }) => (
  <span className={className ? `price ${className}` : 'price'}>{formatMoney(money)}</span>
);

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
