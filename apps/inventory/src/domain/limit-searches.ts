import type { Catalogue } from './catalogue';

/** Too many searches are running, so this search was not started. */
export class TooManySearchesError extends Error {
  override readonly name = 'TooManySearchesError';

  constructor() {
    super('Too many searches are running.');
  }
}

/** Limits the concurrent searches of this process. Reads without search words are not counted. */
export function limitSearches(catalogue: Catalogue, maxSearches: number): Catalogue {
  let running = 0;
  return {
    ...catalogue,
    async page(query) {
      if (query.words.length === 0) return catalogue.page(query);
      if (running >= maxSearches) throw new TooManySearchesError();
      running += 1;
      try {
        return await catalogue.page(query);
      } finally {
        running -= 1;
      }
    },
  };
}
