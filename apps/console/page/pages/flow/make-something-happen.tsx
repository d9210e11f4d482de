import { useSignal } from '@preact/signals';
import { Problem } from '../../api.ts';
import { addToCart, openCart, readProducts } from '../../commerce.ts';

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
  const { items } = await readProducts({ limit: 100 });
  const product = items.find(({ inventory }) => inventory > 0);
  if (!product) return 'No product is available: create one at the desk, or add to its stock.';
  const { cartId } = await openCart();
  await addToCart(cartId, { productId: product.productId, qty: 1 });
  return `A guest put one ${product.name} into a cart: Cart publishes it, Product holds the unit and publishes that.`;
}
