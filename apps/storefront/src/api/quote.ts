import { queryOptions } from '@tanstack/react-query';
import { openApi } from '../shop';
import { unwrap } from './problem';
import type { CartLine, Money } from './types';

export interface Quote {
  readonly lines: readonly { id: string; name: string; quantity: number; unitPrice: Money; lineTotal: Money }[];
  readonly shipping: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly shortages: readonly { id: string; requested: number; available: number }[];
}

/** What the cart comes to, before it is paid. */
export const quoteQuery = (lines: readonly CartLine[]) =>
  queryOptions({
    queryKey: ['quote', lines],
    staleTime: 0,
    queryFn: async ({ signal }): Promise<Quote> => {
      const query = { ids: lines.map(({ id }) => id).join() };
      const { items } = unwrap(await openApi.GET('/inventory/items', { params: { query }, signal }));
      const priced = lines.flatMap(({ id, quantity }) => {
        const item = items.find((found) => found.id === id);
        if (!item) return [];
        const { name, price: unitPrice } = item;
        return [{ id, name, quantity, unitPrice, lineTotal: { ...unitPrice, amount: quantity * unitPrice.amount } }];
      });
      const currency = priced[0]?.unitPrice.currency ?? 'EUR';
      const free = { amount: 0, currency };
      const amount = priced.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0);
      return { lines: priced, shipping: free, tax: free, total: { amount, currency }, shortages: [] };
    },
  });
