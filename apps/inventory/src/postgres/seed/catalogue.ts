import { apparel } from './goods-apparel';
import { books } from './goods-books';
import { kitchen } from './goods-kitchen';
import { outdoors } from './goods-outdoors';
import { stationery } from './goods-stationery';
import { toys } from './goods-toys';

export const categories = ['apparel', 'books', 'kitchen', 'outdoors', 'stationery', 'toys'] as const;
export type Category = (typeof categories)[number];

/** A good as it is first put on the shelves; `priceAmount` is in euro cents, `stock` in pieces. */
export interface SeedItem {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly category: Category;
  readonly priceAmount: number;
  readonly stock: number;
}

/** The goods of one category, which is named once for the whole shelf. */
export type Shelf = readonly Omit<SeedItem, 'category'>[];

const shelves: Readonly<Record<Category, Shelf>> = { apparel, books, kitchen, outdoors, stationery, toys };

export const seedItems: readonly SeedItem[] = categories.flatMap((category) =>
  shelves[category].map((good) => ({ ...good, category })),
);
