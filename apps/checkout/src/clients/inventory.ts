import type { CallService, ServiceResponse } from '@badger-store/service-kit';
import { z } from 'zod';
import { OutOfStockError } from '../domain/checkout-errors';
import type { PriceList, Stock } from '../domain/ports';

const priceDeadlineMs = 1500;
const reserveDeadlineMs = 2000;
/** No customer depends on these calls: the sweeper repeats them. */
const notifyDeadlineMs = 1000;
const idsPerRequest = 100;

const itemsPage = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      // The domain checks prices, so that its error can name the line.
      price: z.object({ amount: z.number(), currency: z.string() }),
      available: z.int(),
    }),
  ),
});
const problem = z.object({ code: z.string() });
const outOfStock = z.object({
  code: z.literal('OUT_OF_STOCK'),
  lines: z.array(z.object({ id: z.string(), requested: z.int(), available: z.int() })).min(1),
});

export function createInventoryPriceList(callInventory: CallService): PriceList {
  const findSome = async (ids: readonly string[]) => {
    const path = `/inventory/items?${new URLSearchParams({ ids: ids.join(',') })}`;
    const read = ({ body }: ServiceResponse) => itemsPage.parse(body);
    return (await callInventory({ method: 'GET', path, deadlineMs: priceDeadlineMs, read })).items;
  };

  return {
    async findMany(ids) {
      const parts: string[][] = [];
      for (let i = 0; i < ids.length; i += idsPerRequest) parts.push(ids.slice(i, i + idsPerRequest));
      return (await Promise.all(parts.map(findSome))).flat();
    },
  };
}

/** Reserves stock through inventory's internal routes. */
export function createInventoryStock(callInventory: CallService): Stock {
  const read = (response: ServiceResponse) => response;
  const notify = async (checkoutId: string, action: 'commit' | 'release') => {
    const path = `/internal/reservations/${checkoutId}/${action}`;
    const response = await callInventory({ method: 'POST', path, deadlineMs: notifyDeadlineMs, read });
    if (response.status !== 200) throw toError(`${action} ${checkoutId}`, response);
  };

  return {
    async reserve(checkoutId, lines) {
      const path = `/internal/reservations/${checkoutId}`;
      const body = { lines };
      const response = await callInventory({ method: 'PUT', path, body, deadlineMs: reserveDeadlineMs, read });
      if (response.status === 200) return;
      const shortage = outOfStock.safeParse(response.body);
      if (response.status === 409 && shortage.success) throw new OutOfStockError(shortage.data.lines);
      throw toError(`reserve ${checkoutId}`, response);
    },
    commit: (checkoutId) => notify(checkoutId, 'commit'),
    release: (checkoutId) => notify(checkoutId, 'release'),
  };
}

function toError(call: string, { status, body }: ServiceResponse): Error {
  const { data } = problem.safeParse(body);
  return new Error(`inventory responded ${status} ${data?.code ?? ''} to: ${call}`);
}
