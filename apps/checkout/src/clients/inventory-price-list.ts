import { z } from 'zod';
import type { PriceList } from '../domain/price-list';
import { inventoryUnavailable, type AskInventory } from './inventory-client';

const answer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      price: z.object({ amount: z.int().min(0), currency: z.string() }),
      available: z.int(),
    }),
  ),
});

const deadlineMs = 1500;
const idsPerRequest = 100;

/** The catalogue's names, prices and quantities at this moment. */
export function createInventoryPriceList(ask: AskInventory): PriceList {
  const findSome = async (ids: readonly string[]) => {
    const path = `/inventory/items?${new URLSearchParams({ ids: ids.join(',') })}`;
    const { success, data, error } = answer.safeParse((await ask({ method: 'GET', path, deadlineMs })).body);
    if (!success) throw inventoryUnavailable(error);
    return data.items;
  };

  return {
    async findMany(ids) {
      const parts: string[][] = [];
      for (let i = 0; i < ids.length; i += idsPerRequest) parts.push(ids.slice(i, i + idsPerRequest));
      return (await Promise.all(parts.map(findSome))).flat();
    },
  };
}
