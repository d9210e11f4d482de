import { currentPriceOf, type Line } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { accentOf } from '../../parts/accent.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Fact } from '../../parts/fact.tsx';
import { selectedProduct, actions } from './products.ts';
import { line, observedCart } from './observed-cart.ts';

/** Panel with an observed cart that contains the selected product: Cart's view, from events alone. */
export function CartSide() {
  return (
    <section class={`panel accent-edge ${accentOf('cart')}`} aria-labelledby="observed-cart-title">
      <h2 id="observed-cart-title" class="accent-ink">
        Observed cart
      </h2>
      <p class="quiet">
        A guest's cart that contains the product. Cart never calls Product: it knows products from events
        alone.
      </p>
      <ErrorNotice message={actions.errorOf('poll')} />
      <div role="status">
        <ObservedLine />
      </div>
    </section>
  );
}

const holds = { held: 'held', pending: 'requested', none: 'none' } as const;

function statusOf({ availability, priceChanged }: Line): string {
  if (availability === 'unavailable') return 'No longer sold';
  if (availability === 'insufficient') return 'Not enough stock';
  return priceChanged ? 'New price must be accepted' : 'Ready for checkout';
}

function ObservedLine() {
  const shown = line.value;
  const currency = observedCart.value?.currency ?? null;
  if (!shown) {
    const isExplained = actions.errorOf('poll') !== undefined;
    return selectedProduct.value && !isExplained ? <p>Cart has not received the product yet.</p> : null;
  }
  const { name, qty, priceAtAdd, priceChanged, availableQty, hold } = shown;
  const current = currentPriceOf(shown, currency);
  const price = formatMoney(current.price, current.currency);
  return (
    <>
      <h3>
        {qty} × {name}
      </h3>
      <p class="current-price" key={price}>
        {price}
        {priceChanged && <s>{formatMoney(priceAtAdd, currency)}</s>}
      </p>
      <dl class="facts">
        <Fact name="Available">{availableQty}</Fact>
        <Fact name="Hold">{holds[hold]}</Fact>
        <Fact name="Status">{statusOf(shown)}</Fact>
      </dl>
    </>
  );
}
