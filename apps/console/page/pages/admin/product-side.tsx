import { accentOf } from '../../parts/accent.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Edit } from './edit.tsx';
import { selectProduct, selectedProduct, actions, matchingProducts, products, search } from './products.ts';

/** Panel with the selected product and its forms. */
export function ProductSide() {
  const product = selectedProduct.value?.product;
  return (
    <section class={`sheet product-side ${accentOf('product')}`} aria-labelledby="product-title">
      <h2 id="product-title" class="accent-ink">
        Product
      </h2>
      <Choice />
      <ErrorNotice
        message={
          actions.errorOf('selectProduct') ?? actions.errorOf('loadProducts') ?? actions.errorOf('refresh')
        }
      />
      {product && <Edit key={product.productId} product={product} />}
    </section>
  );
}

function Choice() {
  return (
    <div class="choice">
      <label>
        Search
        <input
          type="search"
          autocomplete="off"
          value={search.value}
          onInput={({ currentTarget }) => void (search.value = currentTarget.value)}
        />
      </label>
      <label>
        Product ({matchingProducts.value.length} of {products.value.length})
        <select
          value={selectedProduct.value?.product.productId}
          onChange={({ currentTarget }) => void selectProduct(currentTarget.value)}
        >
          {matchingProducts.value.map(({ productId, name }) => (
            <option key={productId} value={productId}>
              {name}, {productId}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
