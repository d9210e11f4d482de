import { computed, signal } from '@preact/signals';
import { type ProductPage, readProducts, readProductsOf } from '../../commerce.ts';
import { createDoings } from '../../doings.ts';

const PAGE = 12;

/** The page of the catalog that is shown; undefined until there is one. */
export const page = signal<ProductPage | undefined>(undefined);
/** The category that is shown; undefined is all of them. */
export const category = signal<string | undefined>(undefined);
const cursor = signal<string | undefined>(undefined);
/** Whether the page is the first. */
export const isFirst = computed(() => cursor.value === undefined);
const seen = signal<ReadonlySet<string>>(new Set());
/** The categories that were seen so far, in order. */
export const categories = computed(() => [...seen.value].sort((one, other) => one.localeCompare(other)));
/** `turn` and `refresh`. */
export const doings = createDoings();

interface Place {
  readonly category: string | undefined;
  readonly cursor: string | undefined;
}
/** Where to turn next. */
const wanted: Place[] = [];

/** Shows a page of a category: its first, or the one that begins at the cursor. What is asked for last is shown. */
export function turnTo(of: string | undefined, at?: string): Promise<void> {
  wanted.splice(0, 1, { category: of, cursor: at });
  return doings.run('turn', async () => {
    for (let place = wanted.pop(); place; place = wanted.pop()) {
      const read = await readProducts({ ...place, limit: PAGE });
      const found = read.items.flatMap(({ category }) => category ?? []);
      seen.value = new Set([...seen.value, ...found]);
      page.value = read;
      category.value = place.category;
      cursor.value = place.cursor;
    }
  });
}

/** Reads the page again, with what was added to it; the first if none was read yet. */
export function turnAgain(): Promise<void> {
  return turnTo(category.value, cursor.value);
}

/** Reads the products again that are shown. A product that is gone is no longer shown. */
export function refresh(): Promise<void> {
  return doings.run('refresh', async () => {
    const shown = page.value;
    if (!shown || shown.items.length === 0) return;
    const now = await readProductsOf(shown.items.map(({ productId }) => productId));
    if (page.value !== shown) return;
    const items = shown.items.flatMap(({ productId }) => now.find((it) => it.productId === productId) ?? []);
    page.value = { ...shown, items };
  });
}
