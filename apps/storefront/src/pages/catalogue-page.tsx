import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { catalogueQuery, categoriesQuery } from '../api/queries';
import type { ItemSort } from '../api/types';
import { Failure } from '../components/failure';
import { SearchIcon } from '../components/icons';
import { CardSkeletons, ItemCard } from '../components/item-card';

const sorts: Readonly<Record<ItemSort, string>> = {
  name: 'Name',
  newest: 'Newest first',
  price: 'Price, low to high',
  '-price': 'Price, high to low',
};
const typingPauseMs = 200;

export function CataloguePage() {
  const [params, setParams] = useSearchParams();
  const search = params.get('search') ?? '';
  const category = params.get('category') ?? '';
  const pages = Math.max(1, Number(params.get('pages')) || 1);
  const asked = params.get('sort') ?? '';
  const sort = asked in sorts ? (asked as ItemSort) : 'name';
  const { data: categories = [] } = useQuery(categoriesQuery());
  const query = useInfiniteQuery(catalogueQuery({ search, category, sort }, pages));
  const items = query.data?.pages.flatMap((page) => page.items);

  const set = (changes: Readonly<Record<string, string>>, options?: { replace: boolean }) =>
    setParams((current) => {
      const next = new URLSearchParams(current);
      for (const [name, value] of Object.entries(changes)) {
        if (value === '') next.delete(name);
        else next.set(name, value);
      }
      return next;
    }, options);

  return (
    <div className="section">
      <title>{`${category ? getTitle(category) : 'All goods'} · Badger Store`}</title>
      <h1 tabIndex={-1}>{category ? getTitle(category) : 'All goods'}</h1>
      <div className="filters">
        <SearchField value={search} onSearch={(text) => set({ search: text, pages: '' }, { replace: true })} />
        <label className="sort">
          <span className="visually-hidden">Sort by</span>
          <select
            value={sort}
            onChange={({ target }) => set({ sort: target.value === 'name' ? '' : target.value, pages: '' })}
          >
            {Object.entries(sorts).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <nav className="chips" aria-label="Categories">
          {['', ...categories.map(({ name }) => name)].map((name) => (
            <Link
              key={name}
              href={getHref({ category: name, search, sort: asked })}
              className={name === category ? 'chip is-active' : 'chip'}
              aria-current={name === category ? 'page' : undefined}
            >
              {name ? getTitle(name) : 'All'}
            </Link>
          ))}
        </nav>
      </div>
      {query.error && !items ? (
        <Failure error={query.error} what="The goods" onRetry={() => void query.refetch()} />
      ) : (
        <>
          <p className="visually-hidden" role="status">
            {items && !query.isPlaceholderData && `${items.length} goods shown`}
          </p>
          {items?.length === 0 ? (
            <NothingFound search={search} />
          ) : (
            <ul className="grid" data-stale={query.isPlaceholderData}>
              {items ? items.map((item) => <ItemCard key={item.id} item={item} />) : <CardSkeletons count={12} />}
            </ul>
          )}
          {query.hasNextPage && (
            <button
              type="button"
              className="button button-quiet more"
              disabled={query.isFetchingNextPage}
              onClick={() => {
                void query.fetchNextPage();
                set({ pages: String(pages + 1) }, { replace: true });
              }}
            >
              {query.isFetchingNextPage ? 'Loading …' : 'Show more'}
            </button>
          )}
        </>
      )}
    </div>
  );
}

interface SearchFieldProps {
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

/** Searches as one types, after a short pause. */
function SearchField({ value, onSearch }: SearchFieldProps) {
  const [{ text, searched }, setField] = useState({ text: value, searched: value });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // A customer who has left the page no longer searches.
  useEffect(() => () => clearTimeout(timer.current), []);
  // Back, or a link, leads to another search.
  if (value !== searched) setField({ text: value, searched: value });
  const search = (typed: string) => {
    const next = typed.trim();
    setField((field) => ({ ...field, searched: next }));
    onSearch(next);
  };
  return (
    <label className="search">
      <span className="visually-hidden">Search the goods</span>
      <SearchIcon />
      <input
        type="search"
        placeholder="Search: mug, worm, night …"
        maxLength={100}
        value={text}
        onChange={({ target }) => {
          setField({ text: target.value, searched });
          clearTimeout(timer.current);
          timer.current = setTimeout(() => search(target.value), typingPauseMs);
        }}
      />
    </label>
  );
}

const NothingFound = ({ search }: { search: string }) => (
  <div className="empty">
    <p>
      Nothing found{search && ` for “${search}”`}. Dug everywhere. <Link href="/shop">See all goods</Link>
    </p>
  </div>
);

const getTitle = (category: string) => category.slice(0, 1).toUpperCase() + category.slice(1);

function getHref(filter: Readonly<Record<'category' | 'search' | 'sort', string>>): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
  return query ? `/shop?${query}` : '/shop';
}
