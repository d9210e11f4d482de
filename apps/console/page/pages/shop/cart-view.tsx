import { useRef } from 'preact/hooks';
import type { Cart } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { accentOf } from '../../parts/accent.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { capitalized } from '../../parts/format.ts';
import { user } from '../../session.ts';
import { lastOrder, cart, actions, announcement } from './cart-state.ts';
import { CartLine } from './cart-line.tsx';
import { checkOut } from './checkout.ts';
import { restoreFocus } from './focus.ts';
import { Orders } from './orders.tsx';
import { SignIn } from './sign-in.tsx';

/** Cart panel: lines, total, checkout and orders. */
export function CartView() {
  const heading = useRef<HTMLHeadingElement>(null);
  const restore = () => restoreFocus(heading.current);
  const shown = cart.value;
  const placeOrder = () => void checkOut().then(restore);
  return (
    <section class={`cart panel accent-edge ${accentOf('cart')}`} aria-labelledby="cart-title">
      <h2 id="cart-title" tabIndex={-1} ref={heading} class="accent-ink">
        {user.value ? `${capitalized(user.value.name)}'s cart` : 'Your cart'}
      </h2>
      <SignIn onDone={restore} />
      <p class="announcement" role="status">
        {announcement.value}
      </p>
      {lastOrder.value && <OrderPlaced cart={lastOrder.value} />}
      <ErrorNotice message={actions.errorOf('cart')} />
      {shown && shown.items.length > 0 ? (
        <>
          <ul class="list lines">
            {shown.items.map((line) => (
              <CartLine key={line.productId} line={line} currency={shown.currency} onDone={restore} />
            ))}
          </ul>
          <p class="total">
            Total <strong>{formatMoney(shown.totalAmount, shown.currency)}</strong>
          </p>
          <Button isDisabled={actions.isPending('checkout')} onPress={placeOrder}>
            {actions.isPending('checkout') ? 'Checking out …' : 'Check out'}
          </Button>
        </>
      ) : (
        !lastOrder.value && <p class="quiet">The cart is empty.</p>
      )}
      <ErrorNotice message={actions.errorOf('hold') ?? actions.errorOf('checkout')} />
      <Orders />
    </section>
  );
}

function OrderPlaced({ cart: { items, totalAmount, currency } }: { readonly cart: Cart }) {
  return (
    <div class="notice good">
      <h3>Order placed</h3>
      <ul>
        {items.map(({ productId, qty, name, priceAtAdd }) => (
          <li key={productId}>
            {qty} × {name}, {formatMoney(priceAtAdd, currency)} each
          </li>
        ))}
      </ul>
      <p>
        Total <strong>{formatMoney(totalAmount, currency)}</strong>
      </p>
    </div>
  );
}
