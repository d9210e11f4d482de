import type { RequestOptions } from '../../api.ts';
import { type Product, readProducts } from '../../commerce.ts';
import { queries, type Read, useRead } from '../../query.ts';
import { matches, type Selection } from './catalog-selection.ts';

/** Products that the page reads at most: up to here it searches and sorts by itself. */
export const MOST_PRODUCTS = 1_000;
/** Results of a search by the service that are read at most. */
const MOST_RESULTS = 200;
/** Largest page of the API. */
const LIMIT = 100;
/** Age up to which products of a list are shown without reading them again, in milliseconds. */
const FRESH_MS = 5_000;

/** Age up to which the list of all products serves a page that opens, in milliseconds. */
const LISTED_MS = 30_000;

/** Products that a search or a category selects. */
export interface Listing {
  readonly items: readonly Product[];
  /** Whether there are no more. */
  readonly isComplete: boolean;
}

/**
 * Follows the products of the shop that a search and a category select. A catalog of up to {@link MOST_PRODUCTS} is searched
 * in the page, at once; a larger one by the service.
 */
export function useListing({ q, category }: Pick<Selection, 'q' | 'category'>): {
  readonly all: Read<Listing>;
  readonly found: Read<Listing>;
} {
  const all = useRead(['catalog', '', ''], (options) => readListing({}, MOST_PRODUCTS, options), {
    staleTime: LISTED_MS,
  });
  const isAsked = all.data?.isComplete === false && (q !== '' || category !== '');
  const asked = useRead(
    ['catalog', q, category],
    (options) =>
      readListing(
        { q: q || undefined, category: category || undefined },
        q === '' ? MOST_PRODUCTS : MOST_RESULTS,
        options,
      ),
    { enabled: isAsked, placeholderData: (former) => former },
  );
  if (isAsked) return { all, found: asked };
  const isFound = (product: Product) =>
    matches(product.name, q) && (category === '' || product.category === category);
  const data = all.data && { ...all.data, items: all.data.items.filter(isFound) };
  return { all, found: { ...all, data } };
}

async function readListing(
  query: Readonly<Partial<Record<'q' | 'category', string | undefined>>>,
  most: number,
  options: RequestOptions,
): Promise<Listing> {
  const items: Product[] = [];
  let cursor: string | undefined;
  let isComplete = true;
  do {
    const page = await readProducts({ ...query, limit: String(LIMIT), cursor }, options);
    items.push(...page.items);
    cursor = page.nextCursor;
    isComplete = page.complete !== false;
  } while (cursor !== undefined && items.length < most);
  return { items, isComplete: isComplete && cursor === undefined };
}

/** Follows price and stock of some products of a list; their order stays. Deleted ones disappear. */
export function useCurrent(listed: readonly Product[]): readonly Product[] {
  const ids = listed.map(({ productId }) => productId);
  const { data } = useRead(
    ['products', ids.join(',')],
    async () => (await readProducts({ ids: ids.join(',') }, { isOwnRead: true })).items,
    {
      enabled: ids.length > 0,
      initialData: listed,
      initialDataUpdatedAt: () => queries.getQueryState(['catalog', '', ''])?.dataUpdatedAt,
      staleTime: FRESH_MS,
    },
  );
  const current = new Map(data?.map((product) => [product.productId, product]));
  return ids.flatMap((id) => current.get(id) ?? []);
}
