import { useEffect } from 'preact/hooks';
import { readCart } from './basket.ts';
import { CartView } from './cart-view.tsx';
import { Catalog } from './catalog.tsx';
import { keepFresh } from './freshness.ts';
import { refresh } from './shelf.ts';
import './shop.css';

/** The shop: a catalog and a cart, which no call connects. */
export default function Shop() {
  useEffect(() => {
    void refresh();
    void readCart();
    return keepFresh();
  }, []);
  return (
    <>
      <h1>Shop</h1>
      <p class="lead">
        The catalog is Product's, the cart is Cart's. When a price or the stock changes, an event carries it
        from one to the other.
      </p>
      <div class="counter">
        <Catalog />
        <CartView />
      </div>
    </>
  );
}
