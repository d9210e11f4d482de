import { useEffect } from 'preact/hooks';
import { formatMoney } from '../../money.ts';
import { Act } from '../../parts/act.tsx';
import { cart, readCart } from './basket.ts';
import { CartView } from './cart-view.tsx';
import { Catalog } from './catalog.tsx';
import { keepFresh } from './freshness.ts';
import { linesOf } from './notices.ts';
import { keepOrders } from './orders.ts';
import { turnAgain } from './shelf.ts';
import './cart.css';
import './shop.css';

/** The shop: a catalog and a cart, which no call connects. */
export default function Shop() {
  useEffect(() => {
    void turnAgain();
    void readCart();
    const ends = [keepFresh(), keepOrders()];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  return (
    <>
      <h1>Shop</h1>
      <p class="lead">
        The catalog is Product's, the cart is Cart's. When a price or the stock changes, an event carries it
        from one to the other.
      </p>
      <ToCart />
      <div class="counter">
        <Catalog />
        <CartView />
      </div>
    </>
  );
}

function toCart(): void {
  const title = document.querySelector<HTMLElement>('#cart-title');
  title?.focus({ preventScroll: true });
  title?.scrollIntoView();
}

/** The way to the cart where it lies below the catalog. */
function ToCart() {
  const { items = [], totalAmount = 0, currency = null } = cart.value ?? {};
  if (items.length === 0) return null;
  return (
    <div class="to-cart">
      <Act isQuiet onAct={toCart}>
        Cart: {linesOf(items.length)}, {formatMoney(totalAmount, currency)}
      </Act>
    </div>
  );
}
