import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { categoriesQuery } from '../api/queries';
import { Failure } from './failure';

/** Which picture stands for a category; another category has none. */
const covers: Readonly<Record<string, string>> = {
  apparel: 'striped-lambswool-scarf',
  books: 'good-evening-picture-book',
  kitchen: 'sett-stoneware-teapot',
  outdoors: 'dusk-watch-lantern',
  stationery: 'boar-and-sow-pencils',
  toys: 'bramble-plush-badger',
};

export const categoryHref = (category: string) => `/shop?category=${encodeURIComponent(category)}`;

export function CategoryTiles() {
  const { data, error, refetch } = useQuery(categoriesQuery());
  if (error && !data) return <Failure error={error} what="The categories" onRetry={() => void refetch()} />;
  return (
    <ul className="tiles">
      {data?.map(({ name, count }) => (
        <li key={name}>
          <Link href={categoryHref(name)} className="tile">
            <Cover category={name} />
            <span>
              <span className="tile-name">{name}</span> <span className="hint">{count}</span>
            </span>
          </Link>
        </li>
      )) ?? placeholders.map((n) => <li key={n} className="skeleton skeleton-picture" aria-hidden="true" />)}
    </ul>
  );
}

const placeholders = [1, 2, 3, 4, 5, 6];

function Cover({ category }: { category: string }) {
  const cover = covers[category];
  if (!cover) return <span className="tile-blank" />;
  return <img src={`/inventory/items/${cover}/picture.svg`} alt="" width="200" height="200" loading="lazy" />;
}
