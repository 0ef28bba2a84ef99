import type { CartItem } from '@badger-store/cart-cache';
import type { Money, OrderLine } from './order';
import { OutOfStockError, type Shortage } from './checkout-errors';

/** What the catalogue says of an item at this moment. */
export interface PricedItem {
  readonly id: string;
  readonly name: string;
  readonly price: Money;
  readonly available: number;
}

export interface PriceList {
  /** Those of the items that there are, in no particular order. */
  findMany(ids: readonly string[]): Promise<PricedItem[]>;
}

/** Prices a snapshot of a cart. Throws `OutOfStockError`, naming every line that cannot be had. */
export function priceLines(
  items: readonly CartItem[],
  priced: readonly PricedItem[],
): { lines: OrderLine[]; total: Money } {
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
  return { lines, total: sum(lines.map(({ lineTotal }) => lineTotal)) };
}

function sum(amounts: readonly Money[]): Money {
  const currencies = new Set(amounts.map(({ currency }) => currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) throw new Error('an order has one currency');
  const total = amounts.reduce((soFar, { amount }) => soFar + amount, 0);
  if (!Number.isSafeInteger(total)) throw new Error('an order’s total is too large');
  return { amount: total, currency };
}
