import type { CartLine } from '@badger-store/cart-cache';
import { ServiceError } from '@badger-store/service-kit';
import type { Money, OrderLine, Shortage } from '@badger-store/store-api';
import { joinIds, OutOfStockError } from './checkout-errors';
import type { Totals } from './order';
import type { PricedItem, PriceList } from './ports';

export interface PriceParts {
  readonly priceList: PriceList;
  readonly totalRules: TotalRules;
}

/** What a cart costs at the catalogue's present prices. */
export interface Quote {
  /** The items that are in the catalogue, in the order of the cart. */
  readonly lines: readonly OrderLine[];
  /** The items of which there are fewer than the cart has. */
  readonly shortages: readonly Shortage[];
  /** `undefined` without lines. */
  readonly totals?: Totals;
}

/** Throws `INVALID_PRICE`, `MIXED_CURRENCIES` or `TOTAL_TOO_LARGE`. */
export async function quoteItems({ priceList, totalRules }: PriceParts, items: readonly CartLine[]): Promise<Quote> {
  const priced = priceLines(items, await priceList.findMany(items.map(({ id }) => id)));
  return { ...priced, totals: priced.lines.length > 0 ? getTotals(priced.lines, totalRules) : undefined };
}

export interface PricedOrder extends Totals {
  readonly lines: readonly OrderLine[];
}

/** Throws as `quoteItems`, `OutOfStockError`, and `PRICE_CHANGED` when the total is not the expected one. */
export async function priceOrder(
  parts: PriceParts,
  items: readonly CartLine[],
  expectedTotal?: Money,
): Promise<PricedOrder> {
  const { lines, shortages, totals } = await quoteItems(parts, items);
  if (shortages.length > 0) throw new OutOfStockError(shortages);
  if (!totals) throw new Error('an order has a line');
  const { amount, currency } = totals.total;
  if (expectedTotal && (expectedTotal.amount !== amount || expectedTotal.currency !== currency)) {
    const message = 'The total is not the expectedTotal any more. Confirm the new total, and check out again.';
    throw new ServiceError('conflict', 'PRICE_CHANGED', message, { extensions: { total: totals.total } });
  }
  return { lines, ...totals };
}

/** Throws `INVALID_PRICE`, which names every line whose price is not an amount of money. */
export function priceLines(items: readonly CartLine[], priced: readonly PricedItem[]): Omit<Quote, 'totals'> {
  const byId = new Map(priced.map((item) => [item.id, item]));
  const lines: OrderLine[] = [];
  const shortages: Shortage[] = [];
  for (const { id, quantity } of items) {
    const item = byId.get(id);
    const available = item?.available ?? 0;
    if (available < quantity) shortages.push({ id, requested: quantity, available });
    if (!item) continue;
    const { amount, currency } = item.price;
    const lineTotal = { amount: amount * quantity, currency };
    lines.push({ id, name: item.name, quantity, unitPrice: item.price, lineTotal });
  }
  const wrong = lines.filter(({ unitPrice }) => !isValid(unitPrice));
  if (wrong.length > 0) {
    const message = `The catalogue has no valid price for ${joinIds(wrong)}. Remove these items, and check out again.`;
    const named = wrong.map(({ id, unitPrice }) => ({ id, price: unitPrice }));
    throw new ServiceError('conflict', 'INVALID_PRICE', message, { extensions: { lines: named } });
  }
  return { lines, shortages };
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
 * The tax is worked out once for the whole order, and rounded half up to the minor unit. Throws `MIXED_CURRENCIES` or
 * `TOTAL_TOO_LARGE`.
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
  if (total > Number.MAX_SAFE_INTEGER) {
    const message = 'The total is too large. Reduce the quantities, or remove items.';
    const named = lines.map(({ id, quantity, unitPrice }) => ({ id, quantity, unitPrice }));
    throw new ServiceError('unprocessable', 'TOTAL_TOO_LARGE', message, { extensions: { lines: named } });
  }
  const currency = getCurrency(lines);
  const money = (amount: bigint): Money => ({ amount: Number(amount), currency });
  return { subtotal: money(subtotal), shipping: money(shipping), tax: money(tax), total: money(total) };
}

function getCurrency(lines: readonly OrderLine[]): string {
  const [currency, ...others] = new Set(lines.map(({ unitPrice }) => unitPrice.currency));
  if (currency === undefined) throw new Error('an order has a line');
  if (others.length > 0) {
    const message = 'The cart has prices in several currencies. Keep the items of one currency, and check out again.';
    const named = lines.map(({ id, unitPrice }) => ({ id, currency: unitPrice.currency }));
    throw new ServiceError('conflict', 'MIXED_CURRENCIES', message, { extensions: { lines: named } });
  }
  return currency;
}
