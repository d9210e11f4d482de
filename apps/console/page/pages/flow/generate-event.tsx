import { useSignal } from '@preact/signals';
import { addToCart, openCart, readProducts } from '../../commerce.ts';
import { Button } from '../../parts/button.tsx';

/** Button that adds a product to a guest's cart, which publishes an event. */
export function GenerateEvent() {
  const result = useSignal('');
  const isPending = useSignal(false);
  const generate = async () => {
    isPending.value = true;
    result.value = await addToGuestsCart().catch((error: Error) => error.message);
    isPending.value = false;
  };
  return (
    <p class="row">
      <Button isDisabled={isPending.value} onPress={() => void generate()}>
        Generate an event
      </Button>
      <span role="status">{result}</span>
    </p>
  );
}

/** Adds an available product to a new guest cart; resolves to a sentence about the result. */
async function addToGuestsCart(): Promise<string> {
  const { items } = await readProducts({ limit: 100 });
  const product = items.find(({ inventory }) => inventory > 0);
  if (!product) return 'No product is available. Create one on the Admin page, or add stock.';
  const { cartId } = await openCart();
  await addToCart(cartId, { productId: product.productId, qty: 1 });
  return `A guest added one ${product.name} to a cart: Cart published an event, and Product reserves the unit and publishes the result.`;
}
