import { computed, signal } from '@preact/signals';
import { type ApiResponse, request, Problem } from '../../api.ts';
import { type Product, productPath, readProducts } from '../../commerce.ts';
import { createActionState } from '../../action-state.ts';

/** Number of products in the selection. */
const MAX_PRODUCTS = 100;

/** Product as last fetched, with the ETag of its content; stock changes leave the ETag unchanged. */
export interface SelectedProduct {
  readonly product: Product;
  readonly etag: string | undefined;
}

/** Products in the selection. */
export const products = signal<readonly Product[]>([]);
/** Search text. */
export const search = signal('');
/** Selected product. */
export const selectedProduct = signal<SelectedProduct | undefined>(undefined);
/** Products whose id or name contains every word of the search text, and the selected product. */
export const matchingProducts = computed(() => {
  const words = search.value.toLowerCase().split(/\s+/);
  const current = selectedProduct.value?.product;
  const matching = products.value.filter(({ productId, name }) =>
    words.every((word) => `${productId} ${name}`.toLowerCase().includes(word)),
  );
  return !current || matching.some(({ productId }) => productId === current.productId)
    ? matching
    : [current, ...matching];
});
/** Actions: `loadProducts`, `selectProduct`, `refresh`, `price`, `limit`, `stock`, `count`, `create` and `poll`. */
export const actions = createActionState();

/** Loads the products, and selects the first if none is selected. */
export function loadProducts(): Promise<void> {
  return actions.run('loadProducts', async () => {
    const { items } = await readProducts({ limit: MAX_PRODUCTS });
    products.value = items;
    const [first] = items;
    if (!selectedProduct.value && first) await readProduct(first.productId);
  });
}

/** Selects a product. */
export function selectProduct(productId: string): Promise<void> {
  return actions.run('selectProduct', () => readProduct(productId));
}

/** Reloads the selected product. */
export async function refreshProduct(): Promise<void> {
  const id = selectedProduct.value?.product.productId;
  if (id === undefined) return;
  await actions.run('refresh', async () => {
    const response = await fetchProduct(id);
    if (selectedProduct.value?.product.productId === id) setProduct(response);
  });
}

async function readProduct(productId: string): Promise<void> {
  setProduct(await fetchProduct(productId));
}

function fetchProduct(productId: string): Promise<ApiResponse<Product>> {
  return request<Product>(productPath(productId));
}

/** Shows the product of a response, unless a newer version of it is shown already. */
export function setProduct({ body, headers }: ApiResponse<Product>): void {
  const current = selectedProduct.value;
  const isSame = current?.product.productId === body.productId;
  if (isSame && body.version < current.product.version) return;
  selectedProduct.value = { product: body, etag: headers.get('etag') ?? (isSame ? current.etag : undefined) };
}

/** Error with an explanation of a 412 or 409 response, after the product was reloaded; any other error unchanged. */
export async function explainConflict(error: unknown): Promise<unknown> {
  if (!(error instanceof Problem)) return error;
  const { status, code, body } = error;
  const isChanged = status === 412;
  if (!isChanged && status !== 409) return error;
  const id = selectedProduct.value?.product.productId;
  if (id !== undefined) await readProduct(id);
  if (isChanged)
    return new Error(
      'The product was changed in the meantime and its current state is now shown. Repeat your change if it still applies.',
      { cause: error },
    );
  const { onHand } = body;
  if (code !== 'stock-changed' || typeof onHand !== 'number') return error;
  return new Error(
    `The count was rejected: the stock on hand is now ${onHand}. Check the count and send it again.`,
    {
      cause: error,
    },
  );
}
