import type { Catalogue, CataloguePage } from './catalogue';
import { limitSearches, TooManySearchesError } from './limit-searches';

const search = { words: ['mug'], sort: 'name' as const, limit: 20 };
const list = { words: [], sort: 'name' as const, limit: 20 };

interface Pending {
  readonly resolve: (page: CataloguePage) => void;
  readonly reject: (error: Error) => void;
}

function startCatalogue(maxSearches: number) {
  const pending: Pending[] = [];
  const page = () => new Promise<CataloguePage>((resolve, reject) => pending.push({ resolve, reject }));
  return { pending, catalogue: limitSearches({ page } as Partial<Catalogue> as Catalogue, maxSearches) };
}

it('a search is refused when too many run, until one of them ends, also by failing', async () => {
  const { pending, catalogue } = startCatalogue(2);
  const running = [catalogue.page(search), catalogue.page(search)];
  await expect(catalogue.page(search)).rejects.toBeInstanceOf(TooManySearchesError);
  expect(pending).toHaveLength(2);
  pending[0]?.reject(new Error('timeout'));
  await expect(running[0]).rejects.toThrow('timeout');
  const next = catalogue.page(search);
  await expect(catalogue.page(search)).rejects.toBeInstanceOf(TooManySearchesError);
  for (const { resolve } of pending) resolve({ items: [] });
  expect(await next).toEqual({ items: [] });
});

it('a list without search words is read however many searches run', async () => {
  const { pending, catalogue } = startCatalogue(0);
  const reading = catalogue.page(list);
  pending[0]?.resolve({ items: [] });
  expect(await reading).toEqual({ items: [] });
});
