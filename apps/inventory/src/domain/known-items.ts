import { LRUCache } from 'lru-cache';
import type { Catalogue } from './catalogue';

/** Whether there is such an item in the catalogue. */
export type IsKnownItem = (id: string) => Promise<boolean>;

const rememberMs = 60_000;
const mostRemembered = 10_000;

/**
 * Remembers for a minute, in this process, which items exist, so that adding to a cart seldom asks the catalogue and goes on
 * for a while without it. That an item does not exist is never remembered.
 */
export function rememberKnownItems(
  catalogue: Pick<Catalogue, 'find'>,
  clock: { now(): number } = performance,
): IsKnownItem {
  const known = new LRUCache<string, true>({ max: mostRemembered, ttl: rememberMs, ttlResolution: 0, perf: clock });

  return async (id) => {
    if (known.has(id)) return true;
    if (!(await catalogue.find(id))) return false;
    known.set(id, true);
    return true;
  };
}
