import { useEffect } from 'preact/hooks';
import { Requirements } from '../../parts/requirements.tsx';
import './admin.css';
import { CartSide } from './cart-side.tsx';
import { watchObservedCart } from './observed-cart.ts';
import { Create, ProductSide } from './product-side.tsx';
import { loadProducts } from './products.ts';
import { Timeline } from './timeline.tsx';

/** Admin page: product changes on the left, and their propagation to a cart on the right. */
export default function Admin() {
  useEffect(() => {
    void loadProducts();
    return watchObservedCart();
  }, []);
  return (
    <>
      <h1>Admin</h1>
      <p class="lead">Change a product on the left, and watch the event update the cart on the right.</p>
      <Requirements what="Changing products" />
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
