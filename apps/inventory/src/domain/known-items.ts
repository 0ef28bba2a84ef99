import type { Catalogue } from './catalogue';

/** Whether there is such an item in the catalogue. */
export type IsKnownItem = (id: string) => Promise<boolean>;

const rememberMs = 60_000;
const mostRemembered = 10_000;

/**
 * Remembers for a minute, in this process, which items exist, so that adding to a cart seldom asks the catalogue and goes on
 * for a while without it. That an item does not exist is never remembered.
 */
export function rememberKnownItems(catalogue: Pick<Catalogue, 'find'>, now: () => number = Date.now): IsKnownItem {
  const seenAt = new Map<string, number>();

  return async (id) => {
    const seen = seenAt.get(id);
    if (seen !== undefined && now() - seen < rememberMs) return true;
    seenAt.delete(id);
    if (!(await catalogue.find(id))) return false;
    // A Map keeps the order of insertion, so the first key is the one that was looked up longest ago.
    const [oldest] = seenAt.keys();
    if (seenAt.size >= mostRemembered && oldest !== undefined) seenAt.delete(oldest);
    seenAt.set(id, now());
    return true;
  };
}
