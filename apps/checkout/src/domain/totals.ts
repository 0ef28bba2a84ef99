import { MixedCurrenciesError, TotalTooLargeError } from './checkout-errors';
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

/**
 * The tax is worked out once for the whole order, and rounded half up to the minor unit. Throws `MixedCurrenciesError` or
 * `TotalTooLargeError`.
 */
export function totalsOf(lines: readonly OrderLine[], rules: TotalRules): Totals {
  const { shippingAmount, freeShippingFrom = Infinity, taxBasisPoints } = rules;
  // Of quantities and prices, as a line's own total may be rounded where it is too large.
  const subtotal = lines.reduce(
    (sum, { quantity, unitPrice }) => sum + BigInt(quantity) * BigInt(unitPrice.amount),
    0n,
  );
  const shipping = subtotal >= freeShippingFrom ? 0n : BigInt(shippingAmount);
  const tax = ((subtotal + shipping) * BigInt(taxBasisPoints) + 5000n) / 10_000n;
  const total = subtotal + shipping + tax;
  if (total > Number.MAX_SAFE_INTEGER) throw new TotalTooLargeError(lines);
  const currency = currencyOf(lines);
  const money = (amount: bigint): Money => ({ amount: Number(amount), currency });
  return { subtotal: money(subtotal), shipping: money(shipping), tax: money(tax), total: money(total) };
}

function currencyOf(lines: readonly OrderLine[]): string {
  const [currency, ...others] = new Set(lines.map(({ unitPrice }) => unitPrice.currency));
  if (currency === undefined) throw new Error('an order has a line');
  if (others.length > 0) throw new MixedCurrenciesError(lines);
  return currency;
}
