import { computed, signal } from '@preact/signals';
import { type ProductPage, readProducts, readProductsOf } from '../../commerce.ts';
import { createDoings } from '../../doings.ts';

const PAGE = 12;

/** The page of the catalog that is shown; undefined until there is one. */
export const page = signal<ProductPage | undefined>(undefined);
/** The category that is shown; undefined is all of them. */
export const category = signal<string | undefined>(undefined);
/** Whether the page is the first. */
export const isFirst = signal(true);
const seen = signal<ReadonlySet<string>>(new Set());
/** The categories that were seen so far, in order. */
export const categories = computed(() => [...seen.value].sort((one, other) => one.localeCompare(other)));
/** `turn` and `refresh`. */
export const doings = createDoings();

/** Shows a page of a category: its first, or the one that begins at the cursor. */
export function turnTo(of: string | undefined, cursor?: string): Promise<void> {
  return doings.run('turn', async () => {
    const read = await readProducts({ category: of, limit: PAGE, cursor });
    page.value = read;
    category.value = of;
    isFirst.value = cursor === undefined;
    const found = read.items.flatMap(({ category }) => category ?? []);
    seen.value = new Set([...seen.value, ...found]);
  });
}

/** Reads again what is shown. A product that is gone is no longer shown. */
export function refresh(): Promise<void> {
  return doings.run('refresh', async () => {
    const shown = page.value;
    if (!shown || shown.items.length === 0) return turnTo(category.value);
    const now = await readProductsOf(shown.items.map(({ productId }) => productId));
    if (page.value !== shown) return;
    const items = shown.items.flatMap(({ productId }) => now.find((it) => it.productId === productId) ?? []);
    page.value = { ...shown, items };
  });
}
