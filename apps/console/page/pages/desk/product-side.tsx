import { Trouble } from '../../parts/act.tsx';
import { Edit } from './edit.tsx';
import { choose, chosen, doings, found, offered, search } from './goods.ts';

/** The product on the desk, with what can be changed of it. */
export function ProductSide() {
  const product = chosen.value?.product;
  return (
    <section class="sheet product-side" aria-labelledby="product-title">
      <h2 id="product-title" class="product-ink">
        Product
      </h2>
      <Choice />
      <Trouble of={doings.problemOf('choose') ?? doings.problemOf('offer') ?? doings.problemOf('read')} />
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
        Product ({found.value.length} of {offered.value.length})
        <select
          value={chosen.value?.product.productId}
          onChange={({ currentTarget }) => void choose(currentTarget.value)}
        >
          {found.value.map(({ productId, name }) => (
            <option key={productId} value={productId}>
              {name}, {productId}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
