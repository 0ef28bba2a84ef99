import { Link } from 'wouter';

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

export const CategoryTiles = () => (
  <ul className="tiles">
    {Object.entries(covers).map(([category, cover]) => (
      <li key={category}>
        <Link href={categoryHref(category)} className="tile">
          <img src={`/inventory/items/${cover}/picture.svg`} alt="" width="200" height="200" loading="lazy" />
          <span className="tile-name">{category}</span>
        </Link>
      </li>
    ))}
  </ul>
);
