import type { CallService } from '@badger-store/service-kit';
import { z } from 'zod';
import type { PriceList } from '../domain/ports';

const answer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      // Whether it is a valid price is for the domain to say, which names the line.
      price: z.object({ amount: z.number(), currency: z.string() }),
      available: z.int(),
    }),
  ),
});

const deadlineMs = 1500;
const idsPerRequest = 100;

/** The catalogue's names, prices and quantities at this moment. */
export function createInventoryPriceList(callInventory: CallService): PriceList {
  const findSome = async (ids: readonly string[]) => {
    const path = `/inventory/items?${new URLSearchParams({ ids: ids.join(',') })}`;
    const { items } = await callInventory({ method: 'GET', path, deadlineMs, read: ({ body }) => answer.parse(body) });
    return items;
  };

  return {
    async findMany(ids) {
      const parts: string[][] = [];
      for (let i = 0; i < ids.length; i += idsPerRequest) parts.push(ids.slice(i, i + idsPerRequest));
      return (await Promise.all(parts.map(findSome))).flat();
    },
  };
}
