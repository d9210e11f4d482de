import type { Product } from '../../commerce.ts';
import { linkTo } from '../../parts/address.ts';
import { Button, ErrorNotice } from '../../parts/controls.tsx';
import { formatMoney } from '../../parts/format.ts';
import { add } from './cart-actions.ts';
import { actions, useCart } from './cart-state.ts';
import { parametersOf, type Selection } from './catalog-selection.ts';
import { ProductImage } from './product-image.tsx';

interface CardProps {
  readonly product: Product;
  /** Selection of the catalog, to which the page of the product leads back. */
  readonly selection: Selection;
}

/** Product in the catalog: picture, name, price, stock and the button that adds it to the cart. */
export function ProductCard({ product, selection }: CardProps) {
  const { productId, name, category } = product;
  return (
    <li class="card">
      <ProductImage product={product} />
      <p class="small category">{category ?? 'No category'}</p>
      <h3>
        <a href={linkTo('shop', `product/${productId}`, parametersOf(selection))}>{name}</a>
      </h3>
      <Offer product={product} />
      <AddToCart product={product} />
    </li>
  );
}

/** Price and stock of a product. */
export function Offer({ product: { productId, price, currency, inventory } }: { readonly product: Product }) {
  const { data: cart } = useCart();
  const inCart = cart?.items.find((line) => line.productId === productId)?.qty ?? 0;
  return (
    <div class="offer">
      <p class="price">{formatMoney(price, currency)}</p>
      <p class={inventory === 0 ? 'small bad-ink' : 'small'}>
        {inventory === 0 ? 'Out of stock' : `${inventory} available`}
        {inCart > 0 && ` · ${inCart} in your cart`}
      </p>
    </div>
  );
}

/** Button that adds a product to the cart, and its error. */
export function AddToCart({ product }: { readonly product: Product }) {
  const { productId, name, inventory } = product;
  const action = `add:${productId}`;
  return (
    <>
      <Button
        isQuiet
        isDisabled={inventory === 0 || actions.isPending(action)}
        label={`Add to cart: ${name}`}
        onPress={() => void add(product)}
      >
        Add to cart
      </Button>
      <ErrorNotice message={actions.errorOf(action)} />
    </>
  );
}
