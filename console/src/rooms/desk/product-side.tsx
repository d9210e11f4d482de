import { useState } from 'preact/hooks';
import type { Product } from '../../commerce.ts';
import { formatMoney, writeMinor } from '../../money.ts';
import { Act, Trouble } from '../../parts/act.tsx';
import { isOperator } from '../../session.ts';
import { changePrice, changeStock } from './changes.ts';
import { choose, chosen, doings, found, offered, search } from './goods.ts';

/** The product on the desk, its price and its stock. */
export function ProductSide() {
  const product = chosen.value?.product;
  return (
    <section class="sheet product-side" aria-labelledby="product-title">
      <h2 id="product-title" class="product-ink">
        Product
      </h2>
      <Choice />
      <Trouble of={doings.problemOf('offer') ?? doings.problemOf('read')} />
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

function Edit({ product }: { readonly product: Product }) {
  const { name, price, currency, inventory, version } = product;
  const [draft, setDraft] = useState<string>();
  const [delta, setDelta] = useState('10');
  const isOff = !isOperator.value;
  const savePrice = (event: SubmitEvent) => {
    event.preventDefault();
    void changePrice(draft ?? writeMinor(price, currency), () => setDraft(undefined));
  };
  const saveStock = (event: SubmitEvent) => {
    event.preventDefault();
    void changeStock(delta, () => undefined);
  };
  return (
    <>
      <h3>{name}</h3>
      <dl class="facts">
        <Fact name="Price">{formatMoney(price, currency)}</Fact>
        <Fact name="In stock">{inventory}</Fact>
        <Fact name="Version">{version}</Fact>
      </dl>
      <form onSubmit={savePrice}>
        <fieldset disabled={isOff}>
          <label>
            New price in {currency}
            <input
              inputMode="decimal"
              autocomplete="off"
              required
              value={draft ?? writeMinor(price, currency)}
              onInput={({ currentTarget }) => setDraft(currentTarget.value)}
            />
          </label>
          <Act isOff={isOff || doings.isUnderWay('price')}>Change the price</Act>
        </fieldset>
        <Trouble of={doings.problemOf('price')} />
      </form>
      <form onSubmit={saveStock}>
        <fieldset disabled={isOff}>
          <label>
            Units that come, or go with a minus
            <input
              type="number"
              step={1}
              required
              value={delta}
              onInput={({ currentTarget }) => setDelta(currentTarget.value)}
            />
          </label>
          <Act isOff={isOff || doings.isUnderWay('stock')}>Change the stock</Act>
        </fieldset>
        <Trouble of={doings.problemOf('stock')} />
      </form>
    </>
  );
}

/** A fact and its name, in a list of such. */
export function Fact({ name, children }: { readonly name: string; readonly children: string | number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
