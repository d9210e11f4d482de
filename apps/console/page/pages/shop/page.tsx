import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../parts/controls.tsx';
import { selected } from '../../parts/address.ts';
import { counted, formatMoney } from '../../parts/format.ts';
import { accentOf } from '../../parts/topology.ts';
import { CartPanel, LatestEvent } from './cart-panel.tsx';
import { useCart } from './cart-state.ts';
import { Catalog } from './catalog.tsx';
import { Hero } from './hero.tsx';
import { journey } from './journey.ts';
import { OrderPage, Orders } from './orders.tsx';
import { ProductPage } from './product-page.tsx';
import './shop.css';
import './products.css';
import './cart.css';

/** Shop page: the catalog of Product, beside a cart of Cart. Events alone connect the two. */
export default function Shop() {
  useArrival(selected.value);
  return (
    <>
      {selected.value === '' && <Hero />}
      <CartLink />
      <div class="layout">
        <Content />
        <CartPanel />
      </div>
    </>
  );
}

/** What the address opens: the catalog, a product, an order, or the list of orders. */
function Content() {
  const [kind, id = ''] = selected.value.split('/', 2);
  if (kind === 'product') return <ProductPage key={id} productId={id} />;
  if (kind === 'order') return <OrderPage key={id} number={id} />;
  if (kind === 'orders') return <Orders />;
  return <Catalog />;
}

/** Moves focus and view to what a link has opened; the way back to the catalog leads to where the reader was. */
function useArrival(path: string): void {
  const former = useRef(path);
  useEffect(() => {
    if (former.current === path) return;
    former.current = path;
    document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
    if (path !== '') scrollTo(0, 0);
  }, [path]);
}

function focusCart(): void {
  const title = document.querySelector<HTMLElement>('#cart-title');
  title?.focus({ preventScroll: true });
  title?.scrollIntoView();
}

/** Link to the cart and the latest event, for layouts with the cart below the catalog. */
function CartLink() {
  const { items = [], totalAmount = 0, currency = null } = useCart().data ?? {};
  if (items.length === 0 && !journey.value) return null;
  return (
    <div class={`to-cart ${accentOf('cart')}`}>
      {items.length > 0 && (
        <Button isQuiet onPress={focusCart}>
          Cart: {counted(items.length, 'line')}, {formatMoney(totalAmount, currency)}
        </Button>
      )}
      <LatestEvent />
    </div>
  );
}
