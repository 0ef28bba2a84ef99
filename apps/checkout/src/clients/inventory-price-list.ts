import { ServiceError } from '@badger-store/service-kit';
import { z } from 'zod';
import type { PriceList } from '../domain/price-list';

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

const deadlineMs = 2000;
const idsPerRequest = 100;

/** Asks the inventory service; rejects with an `unavailable` error when it does not answer as agreed, in time. */
export function createInventoryPriceList(inventoryUrl: string): PriceList {
  const ask = async (ids: readonly string[]) => {
    try {
      const url = new URL('/inventory/items', inventoryUrl);
      url.searchParams.set('ids', ids.join(','));
      const response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs), redirect: 'error' });
      if (!response.ok) throw new Error(`inventory answered ${response.status}`);
      return answer.parse(await response.json()).items;
    } catch (cause) {
      throw new ServiceError('unavailable', 'INVENTORY_UNAVAILABLE', 'The catalogue cannot be asked for prices.', {
        cause,
      });
    }
  };

  return {
    async findMany(ids) {
      const parts: string[][] = [];
      for (let i = 0; i < ids.length; i += idsPerRequest) parts.push(ids.slice(i, i + idsPerRequest));
      return (await Promise.all(parts.map(ask))).flat();
    },
  };
}
