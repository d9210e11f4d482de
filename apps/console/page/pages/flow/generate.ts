import { cartPath, openCart, readProducts } from '../../commerce.ts';
import { request } from '../../api.ts';

/** Time after which a generated cart is deleted, in milliseconds: its event has been applied by then. */
const CART_MS = 5_000;

/** What a generated event did, and the id of its trace. */
export interface Generated {
  readonly productName: string;
  readonly traceId: string;
}

/**
 * Adds an available product to a new guest cart, which publishes an event. The cart is deleted some seconds later, also when the
 * page is left meanwhile, so that it does not keep its unit. Rejects if no product is available.
 */
export async function generateEvent(): Promise<Generated> {
  const { productId, name } = await availableProduct();
  const { cartId } = await openCart();
  const { headers } = await request(cartPath(cartId, 'items'), {
    method: 'POST',
    body: { productId, qty: 1 },
  });
  deleteLater(cartId);
  return { productName: name, traceId: headers.get('traceparent')?.split('-')[1] ?? '' };
}

async function availableProduct() {
  let cursor: string | undefined;
  do {
    const page = await readProducts({ limit: '100', cursor });
    const product = page.items.find(({ inventory }) => inventory > 0);
    if (product) return product;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  throw new Error('No product is available. Create one on the Admin page, or add stock.');
}

function deleteLater(cartId: string): void {
  const remove = () => {
    clearTimeout(timer);
    removeEventListener('pagehide', remove);
    // The request outlives the page; if it fails, the hold of the unit expires by itself.
    void fetch(cartPath(cartId), { method: 'DELETE', keepalive: true }).catch(() => undefined);
  };
  const timer = setTimeout(remove, CART_MS);
  addEventListener('pagehide', remove);
}
