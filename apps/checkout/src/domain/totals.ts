import type { Money, OrderLine, Totals } from './order';

/** Amounts are whole numbers of the minor unit of the catalogue's currency. */
export interface TotalRules {
  /** What sending an order costs. */
  readonly shippingAmount: number;
  /** Orders whose lines come to this much or more are sent for nothing. */
  readonly freeShippingFrom?: number;
  /** Hundredths of a per cent, on lines and shipping: 1900 is 19 %. Prices of the catalogue are without it. */
  readonly taxBasisPoints: number;
}

/** The tax is worked out once for the whole order, and rounded half up to the minor unit. */
export function totalsOf(lines: readonly OrderLine[], rules: TotalRules): Totals {
  const subtotal = sum(lines.map(({ lineTotal }) => lineTotal));
  const { currency } = subtotal;
  const { shippingAmount, freeShippingFrom = Infinity, taxBasisPoints } = rules;
  const shipping = subtotal.amount >= freeShippingFrom ? 0 : shippingAmount;
  const taxed = BigInt(subtotal.amount + shipping);
  const tax = Number((taxed * BigInt(taxBasisPoints) + 5000n) / 10_000n);
  const total = subtotal.amount + shipping + tax;
  if (!Number.isSafeInteger(total)) throw new Error('an order’s total is too large');
  return {
    subtotal,
    shipping: { amount: shipping, currency },
    tax: { amount: tax, currency },
    total: { amount: total, currency },
  };
}

function sum(amounts: readonly Money[]): Money {
  const currencies = new Set(amounts.map(({ currency }) => currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) throw new Error('an order has one currency');
  return { amount: amounts.reduce((soFar, { amount }) => soFar + amount, 0), currency };
}
