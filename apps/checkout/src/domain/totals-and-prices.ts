import type { CartItem } from '@badger-store/cart-cache';
import {
  InvalidPriceError,
  MixedCurrenciesError,
  OutOfStockError,
  PriceChangedError,
  TotalTooLargeError,
  type Shortage,
} from './checkout-errors';
import type { Money, OrderLine, Totals } from './order';
import type { PricedItem, PriceList } from './ports';

export interface PricedOrder extends Totals {
  readonly lines: readonly OrderLine[];
}

/** The lines and totals of an order at the catalogue's present prices. Throws `PriceChangedError` where the total is not the expected one. */
export async function priceOrder(
  { priceList, totalRules }: { readonly priceList: PriceList; readonly totalRules: TotalRules },
  items: readonly CartItem[],
  expectedTotal?: Money,
): Promise<PricedOrder> {
  const lines = priceLines(items, await priceList.findMany(items.map(({ id }) => id)));
  const totals = getTotals(lines, totalRules);
  const { amount, currency } = totals.total;
  if (expectedTotal && (expectedTotal.amount !== amount || expectedTotal.currency !== currency)) {
    throw new PriceChangedError(totals.total);
  }
  return { lines, ...totals };
}

/**
 * The lines of an order, from a snapshot of a cart. Throws `OutOfStockError` or `InvalidPriceError`, which name every line that cannot be
 * had.
 */
export function priceLines(items: readonly CartItem[], priced: readonly PricedItem[]): OrderLine[] {
  const byId = new Map(priced.map((item) => [item.id, item]));
  const lines: OrderLine[] = [];
  const shortages: Shortage[] = [];
  for (const { id, quantity } of items) {
    const item = byId.get(id);
    if (!item || item.available < quantity) {
      shortages.push({ id, requested: quantity, available: item?.available ?? 0 });
      continue;
    }
    const { amount, currency } = item.price;
    const lineTotal = { amount: amount * quantity, currency };
    lines.push({ id, name: item.name, quantity, unitPrice: item.price, lineTotal });
  }
  if (shortages.length > 0) throw new OutOfStockError(shortages);
  const wrong = lines.filter(({ unitPrice }) => !isValid(unitPrice));
  if (wrong.length > 0) throw new InvalidPriceError(wrong.map(({ id, unitPrice }) => ({ id, price: unitPrice })));
  return lines;
}

const isValid = ({ amount, currency }: Money): boolean =>
  Number.isSafeInteger(amount) && amount >= 0 && /^[A-Z]{3}$/.test(currency);

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
export function getTotals(lines: readonly OrderLine[], rules: TotalRules): Totals {
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
