import type { CartItem } from '@badger-store/cart-cache';
import type { Money, OrderLine } from './order';
import { InvalidPriceError, OutOfStockError, type Shortage } from './checkout-errors';

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
