import { useSignal } from '@preact/signals';
import { ask, Problem } from '../../api.ts';

/** Lets a guest put a product into a cart, so that something travels. */
export function MakeSomethingHappen() {
  const said = useSignal('');
  const isBusy = useSignal(false);
  const happen = async () => {
    isBusy.value = true;
    said.value = await addToGuestsCart().catch((error: unknown) =>
      error instanceof Problem ? error.message : String(error),
    );
    isBusy.value = false;
  };
  return (
    <p class="row happen">
      <button type="button" onClick={() => void happen()} disabled={isBusy.value}>
        Make something happen
      </button>
      <span role="status">{said}</span>
    </p>
  );
}

/** What happened, in a sentence. */
async function addToGuestsCart(): Promise<string> {
  const { body: products } = await ask<{ items: { productId: string; name: string }[] }>('/products?limit=1');
  const [product] = products.items;
  if (!product) return 'There is no product yet: add one at the desk.';
  const { body: cart } = await ask<{ cartId: string }>('/carts', { method: 'POST' });
  await ask(`/carts/${encodeURIComponent(cart.cartId)}/items`, {
    method: 'POST',
    body: { productId: product.productId, qty: 1 },
  });
  return `A guest put one ${product.name} into a cart: Cart tells Product, which reserves it and answers.`;
}
