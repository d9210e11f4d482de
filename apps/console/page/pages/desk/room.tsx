import { useEffect } from 'preact/hooks';
import { isOperator } from '../../session.ts';
import { CartSide } from './cart-side.tsx';
import { Create } from './create.tsx';
import { offer } from './goods.ts';
import { ProductSide } from './product-side.tsx';
import { Timeline } from './timeline.tsx';
import { keepWatching } from './witness.ts';
import './desk.css';

/** The operator's desk: a change at the left, and how soon a cart at the right shows it. */
export default function Desk() {
  useEffect(() => {
    void offer();
    return keepWatching();
  }, []);
  return (
    <>
      <h1>Desk</h1>
      <p class="lead">Change a product at the left; the event brings it to the cart at the right.</p>
      {!isOperator.value && (
        <p class="notice">
          Only the operator changes products. Open the link that <code>npm start</code> prints, or take a
          token under “Become the operator” in the menu.
        </p>
      )}
      <div class="columns">
        <div class="stack">
          <ProductSide />
          <Create />
        </div>
        <div class="stack">
          <CartSide />
          <Timeline />
        </div>
      </div>
    </>
  );
}
