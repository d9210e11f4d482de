import { useRef } from 'preact/hooks';
import type { Cart } from '../../commerce.ts';
import { addressOf } from '../../parts/address.ts';
import { Button, ErrorNotice } from '../../parts/controls.tsx';
import { capitalized, duration, formatMoney } from '../../parts/format.ts';
import { accentOf } from '../../parts/topology.ts';
import { user } from '../../session.ts';
import { Account } from './account.tsx';
import { checkOut, undoRemove } from './cart-actions.ts';
import { CartLine } from './cart-line.tsx';
import { actions, announcement, removedLine, useCart } from './cart-state.ts';
import { journey, outcomeOf } from './journey.ts';
import { usePictures } from './product-image.tsx';

/** Cart panel: account, latest event, lines, total and checkout. */
export function CartPanel() {
  const heading = useRef<HTMLHeadingElement>(null);
  const restore = () => restoreFocus(heading.current);
  const { data: cart, error } = useCart();
  return (
    <section class={`cart panel accent-edge ${accentOf('cart')}`} aria-labelledby="cart-title">
      <h2 id="cart-title" tabIndex={-1} ref={heading}>
        {user.value ? `${capitalized(user.value.name)}'s cart` : 'Your cart'}
      </h2>
      <Account onDone={restore} />
      <LatestEvent />
      <p class="hidden" role="status">
        {announcement.value}
      </p>
      {!cart && <ErrorNotice message={error?.message} />}
      {cart && cart.items.length > 0 ? (
        <Lines cart={cart} onDone={restore} />
      ) : (
        <p class="quiet empty">The cart is empty.</p>
      )}
      <Removed onDone={restore} />
      <ErrorNotice message={actions.errorOf('hold', 'checkout')} />
    </section>
  );
}

interface LinesProps {
  readonly cart: Cart;
  readonly onDone: () => void;
}

function Lines({ cart: { items, totalAmount, currency }, onDone }: LinesProps) {
  const pictureOf = usePictures(items.map(({ productId }) => productId));
  const isPending = actions.isPending('checkout');
  return (
    <>
      <ul class="list lines">
        {items.map((line) => (
          <CartLine
            key={line.productId}
            line={line}
            picture={pictureOf(line.productId, line.name)}
            currency={currency}
            onDone={onDone}
          />
        ))}
      </ul>
      <p class="total">
        Total <strong>{formatMoney(totalAmount, currency)}</strong>
      </p>
      <Button isDisabled={isPending} onPress={() => void checkOut().then(onDone)}>
        {isPending ? 'Checking out …' : 'Check out'}
      </Button>
    </>
  );
}

/** What the events of the latest action did, with a link to its trace. */
export function LatestEvent() {
  const latest = journey.value;
  if (!latest) return null;
  const outcome = outcomeOf(latest.steps);
  return (
    <p class="journey small">
      {outcome ? `${outcome.text} after ${duration(outcome.afterMs)}` : 'Waiting for Product …'} ·{' '}
      <a href={addressOf(`trace/${latest.traceId}`)}>Follow it</a>
    </p>
  );
}

/** The line that was removed last, which can be put back. */
function Removed({ onDone }: { readonly onDone: () => void }) {
  const removed = removedLine.value;
  if (!removed) return null;
  const { productId, name } = removed;
  return (
    <>
      <p class="removed row small">
        <span>{name} was removed.</span>
        <Button
          isQuiet
          isDisabled={actions.isPending(`add:${productId}`)}
          label={`Undo: put ${name} back`}
          onPress={() => void undoRemove().then(onDone)}
        >
          Undo
        </Button>
      </p>
      <ErrorNotice message={actions.errorOf(`add:${productId}`)} />
    </>
  );
}

/** Moves the focus to an element after the next render, if the focused element was removed. */
function restoreFocus(at: HTMLElement | null): void {
  requestAnimationFrame(() => {
    if (!document.activeElement || document.activeElement === document.body) at?.focus();
  });
}
