import { wordsOf } from '@tandem/product/search/words';
import type { Product } from '../../../commerce.ts';

/** Fields by which products are sorted. */
const sortable = ['name', 'category', 'price', 'onHand', 'held', 'inventory'] as const;
export type SortField = (typeof sortable)[number];

/** What is shown of a catalog. */
export interface View {
  readonly search: string;
  readonly category: string;
  /** Only products of which at most this number of units is available. */
  readonly atMost: number | undefined;
  readonly sort: SortField;
  readonly isDescending: boolean;
  /** Counted from 1. */
  readonly page: number;
}

/** Products on a page. */
export const PAGE_SIZE = 25;

/** View that the parameters of an address describe; what they say wrongly counts as absent. */
export function viewFrom(parameters: URLSearchParams): View {
  const atMost = Number(parameters.get('available') || Number.NaN);
  const [, minus = '', field = ''] = /^(-?)(\w+)$/.exec(parameters.get('sort') ?? '') ?? [];
  const page = Number(parameters.get('page'));
  return {
    search: parameters.get('q') ?? '',
    category: parameters.get('category') ?? '',
    atMost: Number.isInteger(atMost) && atMost >= 0 ? atMost : undefined,
    sort: sortable.find((name) => name === field) ?? 'name',
    isDescending: minus === '-',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** Products of a view in its order, on all pages. Prices are compared within their currency. */
export function arrange(products: readonly Product[], view: View): readonly Product[] {
  const { search, category, atMost, sort, isDescending } = view;
  const shown = products.filter(
    (product) =>
      isFound(product, search) &&
      (category === '' || product.category === category) &&
      (atMost === undefined || product.inventory <= atMost),
  );
  const direction = isDescending ? -1 : 1;
  return shown.sort((a, b) => direction * compare(a, b, sort) || byName(a, b));
}

function compare(a: Product, b: Product, field: SortField): number {
  if (field === 'name') return byName(a, b);
  if (field === 'category') return texts.compare(a.category ?? '', b.category ?? '');
  const currencies = field === 'price' ? texts.compare(a.currency, b.currency) : 0;
  return currencies || a[field] - b[field];
}

const texts = new Intl.Collator('en', { numeric: true });

function byName(a: Product, b: Product): number {
  return texts.compare(a.name, b.name) || texts.compare(a.productId, b.productId);
}

/** The products of a page, and the number of pages; a page beyond the last one is the last one. */
export function pageOf<T>(items: readonly T[], page: number) {
  const pages = Math.max(1, Math.ceil(items.length / PAGE_SIZE));
  const current = Math.min(page, pages);
  const start = (current - 1) * PAGE_SIZE;
  return { items: items.slice(start, start + PAGE_SIZE), start, page: current, pages };
}

/** Whether each word of a search begins a word of the name, as in a search by the API, or the search begins the id. */
function isFound({ name, productId }: Product, search: string): boolean {
  const words = wordsOf(name);
  const isNamed = wordsOf(search).every((wanted) => words.some((word) => word.startsWith(wanted)));
  return isNamed || productId.toLowerCase().startsWith(search.trim().toLowerCase());
}
