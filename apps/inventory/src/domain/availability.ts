import { LRUCache } from 'lru-cache';
import type { Catalogue } from './catalogue';

/** How many pieces of an item can be bought; undefined when the item does not exist. */
export type GetAvailability = (id: string) => Promise<number | undefined>;

const freshMs = 10_000;
const maxRemembered = 10_000;

/**
 * Remembers in this process for 10 seconds which items are available, so that adding to a cart seldom reads the catalogue. While the
 * catalogue can't be read, an item counts as available that was so at the last read. Items that are missing or sold out are read
 * each time.
 */
export function rememberAvailability(
  catalogue: Pick<Catalogue, 'find'>,
  clock: { now(): number } = performance,
): GetAvailability {
  const remembered = new LRUCache<string, { available: number; readAt: number }>({ max: maxRemembered });

  return async (id) => {
    const last = remembered.get(id);
    if (last && clock.now() - last.readAt < freshMs) return last.available;
    try {
      const available = (await catalogue.find(id))?.available;
      if (available) remembered.set(id, { available, readAt: clock.now() });
      else remembered.delete(id);
      return available;
    } catch (error) {
      if (last) return last.available;
      throw error;
    }
  };
}
