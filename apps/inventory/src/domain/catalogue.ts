import type { Category, Item, ItemSort } from '@badger-store/store-api';

/** A place in a sorted list: the value that the list is sorted by, and the id, which decides between equal values. */
export interface CataloguePosition {
  readonly value: string | number;
  readonly id: string;
}

export interface CatalogueQuery {
  /** Words that must all be in the name, description or category, in any order; case and Unicode form are ignored. */
  readonly words: readonly string[];
  readonly category?: string;
  readonly sort: ItemSort;
  readonly limit: number;
  readonly after?: CataloguePosition;
}

export interface CataloguePage {
  readonly items: Item[];
  /** Where the next page begins; missing on the last page. */
  readonly next?: CataloguePosition;
}

export interface Catalogue {
  find(id: string): Promise<Item | undefined>;
  /** The items with these ids, in no particular order. Unknown ids are left out. */
  findMany(ids: readonly string[]): Promise<Item[]>;
  page(query: CatalogueQuery): Promise<CataloguePage>;
  /** Sorted by name. */
  categories(): Promise<Category[]>;
  /** An SVG document. */
  findPicture(id: string): Promise<string | undefined>;
}
