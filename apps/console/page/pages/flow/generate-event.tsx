import { useSignal } from '@preact/signals';
import { Problem } from '../../api.ts';
import { addToCart, openCart, readProducts } from '../../commerce.ts';

/** Button that adds a product to a guest's cart, which publishes an event. */
export function GenerateEvent() {
  const result = useSignal('');
  const isBusy = useSignal(false);
  const generate = async () => {
    isBusy.value = true;
    result.value = await addToGuestsCart().catch((error: unknown) =>
      error instanceof Problem ? error.message : String(error),
    );
    isBusy.value = false;
  };
  return (
    <p class="row happen">
      <button type="button" onClick={() => void generate()} disabled={isBusy.value}>
        Generate an event
      </button>
      <span role="status">{result}</span>
    </p>
  );
}

/** Adds an available product to a new guest cart; resolves to a sentence about the result. */
async function addToGuestsCart(): Promise<string> {
  const { items } = await readProducts({ limit: 100 });
  const product = items.find(({ inventory }) => inventory > 0);
  if (!product) return 'No product is available. Create one on the Admin desk, or add stock.';
  const { cartId } = await openCart();
  await addToCart(cartId, { productId: product.productId, qty: 1 });
  return `A guest added one ${product.name} to a cart: Cart published an event, and Product reserves the unit and publishes the result.`;
}
