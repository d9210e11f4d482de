import { computed, signal } from '@preact/signals';
import { type Answered, ask, Problem } from '../../api.ts';
import { type Product, productPath, readProducts } from '../../commerce.ts';
import { createDoings } from '../../doings.ts';

/** How many products there are to choose from. */
const OFFERED = 100;

/** A product as it was last read, and the ETag of its content, which a change of stock leaves as it is. */
export interface Chosen {
  readonly product: Product;
  readonly etag: string | undefined;
}

/** The products to choose from. */
export const offered = signal<readonly Product[]>([]);
/** What is searched for among them. */
export const search = signal('');
/** The product on the desk. */
export const chosen = signal<Chosen | undefined>(undefined);
/** Those in whose id or name every word occurs that is searched for, and the one on the desk. */
export const found = computed(() => {
  const words = search.value.toLowerCase().split(/\s+/);
  const here = chosen.value?.product;
  const matching = offered.value.filter(({ productId, name }) =>
    words.every((word) => `${productId} ${name}`.toLowerCase().includes(word)),
  );
  return !here || matching.some(({ productId }) => productId === here.productId)
    ? matching
    : [here, ...matching];
});
/** `offer`, `choose`, `read`, `price`, `limit`, `stock`, `count`, `create` and `look`. */
export const doings = createDoings();

/** Reads which products there are, and puts the first on the desk if it is empty. */
export function offer(): Promise<void> {
  return doings.run('offer', async () => {
    const { items } = await readProducts({ limit: OFFERED });
    offered.value = items;
    const [first] = items;
    if (!chosen.value && first) await readProduct(first.productId);
  });
}

/** Puts a product on the desk. */
export function choose(productId: string): Promise<void> {
  return doings.run('choose', () => readProduct(productId));
}

/** Reads the product on the desk again. */
export async function refreshProduct(): Promise<void> {
  const id = chosen.value?.product.productId;
  if (id === undefined) return;
  await doings.run('read', async () => {
    const answer = await askForProduct(id);
    if (chosen.value?.product.productId === id) lay(answer);
  });
}

async function readProduct(productId: string): Promise<void> {
  lay(await askForProduct(productId));
}

function askForProduct(productId: string): Promise<Answered<Product>> {
  return ask<Product>(productPath(productId));
}

/** Lays a product on the desk as it was answered, unless a newer state of it lies there. */
export function lay({ body, headers }: Answered<Product>): void {
  const here = chosen.value;
  const isSame = here?.product.productId === body.productId;
  if (isSame && body.version < here.product.version) return;
  chosen.value = { product: body, etag: headers.get('etag') ?? (isSame ? here.etag : undefined) };
}

/** Why a change was rejected. Where the product or its stock has changed meanwhile, the new state is laid on the desk. */
export async function explained(error: unknown): Promise<unknown> {
  if (!(error instanceof Problem)) return error;
  const { status, code, body } = error;
  const isChanged = status === 412;
  if (!isChanged && status !== 409) return error;
  const id = chosen.value?.product.productId;
  if (id !== undefined) await readProduct(id);
  if (isChanged)
    return new Error(
      'Somebody changed the product meanwhile. This is how it is now: try again if you still want to.',
      { cause: error },
    );
  const { onHand } = body;
  if (code !== 'stock-changed' || typeof onHand !== 'number') return error;
  return new Error(
    `Nothing was changed: the stock on hand is now ${onHand}. Check the count and send it again.`,
    {
      cause: error,
    },
  );
}
