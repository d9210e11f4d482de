import { useEffect } from 'preact/hooks';
import { isOperator } from '../../session.ts';
import { CartSide } from './cart-side.tsx';
import { Create } from './create.tsx';
import { loadProducts } from './products.ts';
import { ProductSide } from './product-side.tsx';
import { Timeline } from './timeline.tsx';
import { watchObservedCart } from './observed-cart.ts';
import './admin.css';

/** Admin page: product changes on the left, and their propagation to a cart on the right. */
export default function Admin() {
  useEffect(() => {
    void loadProducts();
    return watchObservedCart();
  }, []);
  return (
    <>
      <h1>Admin desk</h1>
      <p class="lead">Change a product on the left, and watch the event update the cart on the right.</p>
      {!isOperator.value && (
        <p class="notice">
          Changing products requires an operator token. Open the link that <code>npm start</code> prints, or
          paste a token under “Sign in as operator” in the menu.
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
