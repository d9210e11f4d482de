import { computed, signal } from '@preact/signals';
import { type ProductPage, readProducts, readProductsOf } from '../../commerce.ts';
import { createActionState } from '../../action-state.ts';

const PAGE_SIZE = 12;

/** Current page of the catalog; undefined until loaded. */
export const page = signal<ProductPage | undefined>(undefined);
/** Current category; undefined for all. */
export const category = signal<string | undefined>(undefined);
const cursor = signal<string | undefined>(undefined);
/** Whether the current page is the first. */
export const isFirst = computed(() => cursor.value === undefined);
const known = signal<ReadonlySet<string>>(new Set());
/** Categories of all products loaded so far, sorted. */
export const categories = computed(() => [...known.value].sort((one, other) => one.localeCompare(other)));
/** Actions: `load` and `refresh`. */
export const actions = createActionState();

interface PageRequest {
  readonly category: string | undefined;
  readonly cursor: string | undefined;
}
/** Next page to load, at most one. */
const requested: PageRequest[] = [];

/** Loads a page of a category: the first, or the one at a cursor. The latest request wins. */
export function showPage(nextCategory: string | undefined, nextCursor?: string): Promise<void> {
  requested.splice(0, 1, { category: nextCategory, cursor: nextCursor });
  return actions.run('load', async () => {
    for (let next = requested.pop(); next; next = requested.pop()) {
      const loaded = await readProducts({ ...next, limit: PAGE_SIZE });
      const found = loaded.items.flatMap(({ category }) => category ?? []);
      known.value = new Set([...known.value, ...found]);
      page.value = loaded;
      category.value = next.category;
      cursor.value = next.cursor;
    }
  });
}

/** Reloads the current page. */
export function reloadPage(): Promise<void> {
  return showPage(category.value, cursor.value);
}

/** Reloads the displayed products; deleted ones disappear. */
export function refresh(): Promise<void> {
  return actions.run('refresh', async () => {
    const shown = page.value;
    if (!shown || shown.items.length === 0) return;
    const current = await readProductsOf(shown.items.map(({ productId }) => productId));
    if (page.value !== shown) return;
    const items = shown.items.flatMap(
      ({ productId }) => current.find((product) => product.productId === productId) ?? [],
    );
    page.value = { ...shown, items };
  });
}
