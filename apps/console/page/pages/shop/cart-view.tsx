import { useRef } from 'preact/hooks';
import type { Cart } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { Act, Trouble } from '../../parts/act.tsx';
import { user } from '../../session.ts';
import { bought, cart, doings, said } from './basket.ts';
import { CartLine } from './cart-line.tsx';
import { checkOut } from './checkout.ts';
import { keepFocus } from './focus.ts';
import { personOf } from './notices.ts';
import { Orders } from './orders.tsx';
import { SignIn } from './sign-in.tsx';

/** The cart: its lines, what they cost together, and the way to buy them. */
export function CartView() {
  const heading = useRef<HTMLHeadingElement>(null);
  const keep = () => keepFocus(heading.current);
  const shown = cart.value;
  const buy = () => void checkOut().then(keep);
  return (
    <section class="cart sheet" aria-labelledby="cart-title">
      <h2 id="cart-title" tabIndex={-1} ref={heading} class="cart-ink">
        {user.value ? `${personOf(user.value.name)}'s cart` : 'Your cart'}
      </h2>
      <SignIn onDone={keep} />
      <p class="said" role="status">
        {said.value}
      </p>
      {bought.value && <Bought cart={bought.value} />}
      <Trouble of={doings.problemOf('cart')} />
      {shown && shown.items.length > 0 ? (
        <>
          <ul class="lines">
            {shown.items.map((line) => (
              <CartLine key={line.productId} line={line} currency={shown.currency} onDone={keep} />
            ))}
          </ul>
          <p class="total">
            Total <strong>{formatMoney(shown.totalAmount, shown.currency)}</strong>
          </p>
          <Act isOff={doings.isUnderWay('checkout')} onAct={buy}>
            {doings.isUnderWay('checkout') ? 'Buying …' : 'Check out'}
          </Act>
        </>
      ) : (
        !bought.value && <p class="quiet">Nothing is in it yet.</p>
      )}
      <Trouble of={doings.problemOf('hold') ?? doings.problemOf('checkout')} />
      <Orders />
    </section>
  );
}

function Bought({ cart: { items, totalAmount, currency } }: { readonly cart: Cart }) {
  return (
    <div class="notice good">
      <h3>Bought</h3>
      <ul>
        {items.map(({ productId, qty, name, priceAtAdd }) => (
          <li key={productId}>
            {qty} × {name}, {formatMoney(priceAtAdd, currency)} each
          </li>
        ))}
      </ul>
      <p>
        Together <strong>{formatMoney(totalAmount, currency)}</strong>
      </p>
    </div>
  );
}
