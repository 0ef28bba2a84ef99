export interface Item {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  /** `amount` is a whole number of the currency's minor unit. */
  readonly price: { readonly amount: number; readonly currency: string };
  /** Pieces that can be bought at this moment. */
  readonly available: number;
  readonly imageUrl: string;
}

/** A place in the catalogue, which is sorted by name and then by id. */
export interface CataloguePosition {
  readonly name: string;
  readonly id: string;
}

export interface CatalogueQuery {
  /** Words that must all be in the name, description or category, in any order, whatever their case and Unicode form. */
  readonly words: readonly string[];
  readonly category?: string;
  readonly limit: number;
  readonly after?: CataloguePosition;
}

export interface CataloguePage {
  readonly items: readonly Item[];
  /** Where the next page begins; missing on the last one. */
  readonly next?: CataloguePosition;
}

export interface Catalogue {
  find(id: string): Promise<Item | undefined>;
  /** Those of the ids that there are, in no particular order. */
  findMany(ids: readonly string[]): Promise<Item[]>;
  page(query: CatalogueQuery): Promise<CataloguePage>;
  /** An SVG document. */
  findPicture(id: string): Promise<string | undefined>;
}
