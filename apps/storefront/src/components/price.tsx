import type { Money } from '../api/types';

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
