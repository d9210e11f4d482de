import { useEffect } from 'preact/hooks';
import { formatMoney } from '../../money.ts';
import { accentOf } from '../../parts/accent.ts';
import { Button } from '../../parts/button.tsx';
import { counted } from '../../parts/format.ts';
import { cart, readCart } from './cart-state.ts';
import { CartView } from './cart-view.tsx';
import { Catalog } from './catalog.tsx';
import { refreshOnEvents } from './freshness.ts';
import { refreshOrdersOnChange } from './orders.ts';
import { reloadPage } from './catalog-state.ts';
import './shop.css';

/** Shop page: the catalog of Product and a cart of Cart, connected by events alone. */
export default function Shop() {
  useEffect(() => {
    void reloadPage();
    void readCart();
    const subscriptions = [refreshOnEvents(), refreshOrdersOnChange()];
    return () => {
      for (const unsubscribe of subscriptions) unsubscribe();
    };
  }, []);
  return (
    <>
      <h1>Shop</h1>
      <p class="lead">
        The Product service owns the catalog, the Cart service owns the cart. Events carry price and stock
        changes from one to the other.
      </p>
      <CartLink />
      <div class="layout">
        <Catalog />
        <CartView />
      </div>
    </>
  );
}

function focusCart(): void {
  const title = document.querySelector<HTMLElement>('#cart-title');
  title?.focus({ preventScroll: true });
  title?.scrollIntoView();
}

/** Link to the cart, for layouts with the cart below the catalog. */
function CartLink() {
  const { items = [], totalAmount = 0, currency = null } = cart.value ?? {};
  if (items.length === 0) return null;
  return (
    <div class={`to-cart ${accentOf('cart')}`}>
      <Button isQuiet onPress={focusCart}>
        Cart: {counted(items.length, 'line')}, {formatMoney(totalAmount, currency)}
      </Button>
    </div>
  );
}
