import { wordsOf } from '@tandem/product/search/words';
import type { Product } from '../../commerce.ts';
import type { Parameters } from '../../parts/address.ts';

/** Products on a page of the catalog. */
export const PAGE_SIZE = 12;

/** Orders of the catalog with their texts; the first one is the default. */
export const sortings = [
  ['name', 'Name'],
  ['price', 'Price, low to high'],
  ['-price', 'Price, high to low'],
] as const;
export type Sorting = (typeof sortings)[number][0];

/** What the address selects in the catalog. */
export interface Selection {
  /** Words of the search; '' for none. */
  readonly q: string;
  /** Category; '' for all. */
  readonly category: string;
  readonly sorting: Sorting;
  /** Number of the page, from 1. */
  readonly page: number;
}

/** Reads the selection of an address. What it does not know has its default. */
export function selectionFrom(parameters: URLSearchParams): Selection {
  const page = Number(parameters.get('page'));
  return {
    q: parameters.get('q') ?? '',
    category: parameters.get('category') ?? '',
    sorting: sortings.find(([name]) => name === parameters.get('sort'))?.[0] ?? 'name',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

/** Parameters of the address for a selection; defaults are left out. */
export function parametersOf({ q, category, sorting, page }: Selection): Parameters {
  return {
    q,
    category,
    sort: sorting === sortings[0][0] ? undefined : sorting,
    page: page === 1 ? undefined : String(page),
  };
}

/** Products in the order of a sorting. Amounts of different currencies cannot be compared: each currency is sorted by itself. */
export function sorted(products: readonly Product[], sorting: Sorting): readonly Product[] {
  const byName = (a: Product, b: Product) => a.name.localeCompare(b.name);
  const direction = sorting === '-price' ? -1 : 1;
  const byPrice = (a: Product, b: Product) =>
    a.currency.localeCompare(b.currency) || direction * (a.price - b.price) || byName(a, b);
  return products.toSorted(sorting === 'name' ? byName : byPrice);
}

/** Page of a list. Numbers count from 1; `first` and `last` are 0 in an empty list. */
export interface ListPart<T> {
  readonly items: readonly T[];
  readonly page: number;
  readonly pageCount: number;
  readonly first: number;
  readonly last: number;
  readonly total: number;
}

/** Page of a list by its number; the last page for a number beyond it. */
export function partOf<T>(list: readonly T[], page: number): ListPart<T> {
  const total = list.length;
  const pageCount = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const current = Math.min(page, pageCount);
  const start = (current - 1) * PAGE_SIZE;
  const items = list.slice(start, start + PAGE_SIZE);
  return {
    items,
    page: current,
    pageCount,
    first: total === 0 ? 0 : start + 1,
    last: start + items.length,
    total,
  };
}

/** Names of the categories of products, sorted. */
export function categoriesOf(products: readonly Product[]): readonly string[] {
  return [...new Set(products.flatMap(({ category }) => category ?? []))].sort((a, b) => a.localeCompare(b));
}

/** Whether each word of a search begins a word of a name: words as Product's own search has them. */
export function matches(name: string, q: string): boolean {
  const words = wordsOf(name);
  return wordsOf(q).every((wanted) => words.some((word) => word.startsWith(wanted)));
}
