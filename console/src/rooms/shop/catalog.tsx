import { useRef } from 'preact/hooks';
import type { Product } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { Act, Trouble } from '../../parts/act.tsx';
import { add, doings as basketDoings } from './basket.ts';
import { needsHand, readAgain } from './freshness.ts';
import { categories, category, doings, isFirst, page, turnTo } from './shelf.ts';

/** The catalog, page by page, of all categories or of one. */
export function Catalog() {
  const heading = useRef<HTMLHeadingElement>(null);
  const turn = async (cursor?: string) => {
    await turnTo(category.value, cursor);
    heading.current?.focus();
  };
  const isTurning = doings.isUnderWay('turn');
  const next = page.value?.nextCursor;
  return (
    <section class="catalog" aria-labelledby="catalog-title">
      <div class="shelf-head">
        <h2 id="catalog-title" tabIndex={-1} ref={heading} class="product-ink">
          {category.value ?? 'Everything there is'}
        </h2>
        {needsHand() && (
          <Act isQuiet isOff={doings.isUnderWay('refresh')} onAct={() => void readAgain()}>
            Refresh
          </Act>
        )}
      </div>
      <Filter />
      <Trouble of={doings.problemOf('turn') ?? doings.problemOf('refresh')} />
      <ul class="products" aria-busy={isTurning}>
        {page.value?.items.map((product) => (
          <Item key={product.productId} product={product} />
        ))}
      </ul>
      {page.value?.items.length === 0 && <p class="quiet">Nothing stands here.</p>}
      <div class="row pages">
        {!isFirst.value && (
          <Act isQuiet isOff={isTurning} onAct={() => void turn()}>
            Back to the start
          </Act>
        )}
        {next !== undefined && (
          <Act isQuiet isOff={isTurning} onAct={() => void turn(next)}>
            Next page
          </Act>
        )}
      </div>
    </section>
  );
}

/** One of the categories that were seen, or any other by its name. */
function Filter() {
  const choose = (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    void turnTo(value === '' ? undefined : value);
  };
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = new FormData(form).get('category');
    if (typeof name !== 'string' || name.trim() === '') return;
    form.reset();
    void turnTo(name.trim());
  };
  const here = category.value;
  const offered = here === undefined || categories.value.includes(here) ? [] : [here];
  return (
    <div class="filter">
      <label>
        Category
        <select value={here ?? ''} onChange={choose}>
          <option value="">All</option>
          {[...offered, ...categories.value].map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <form onSubmit={search}>
        <label>
          Another category
          <input name="category" maxLength={64} autocomplete="off" />
        </label>
        <Act isQuiet>Show</Act>
      </form>
    </div>
  );
}

function Item({ product }: { readonly product: Product }) {
  const { productId, name, category, description, price, currency, inventory } = product;
  const doing = `add:${productId}`;
  return (
    <li>
      <p class="kind">{category ?? 'Without a category'}</p>
      <h3>{name}</h3>
      {description !== undefined && <p class="description">{description}</p>}
      <div class="offer">
        <p class="price">{formatMoney(price, currency)}</p>
        <p class={inventory > 0 ? 'stock' : 'stock bad-ink'}>
          {inventory > 0 ? `${inventory} in stock` : 'Out of stock'}
        </p>
      </div>
      <Act
        isOff={basketDoings.isUnderWay(doing)}
        label={`Add to cart: ${name}`}
        onAct={() => void add(product)}
      >
        Add to cart
      </Act>
      <Trouble of={basketDoings.problemOf(doing)} />
    </li>
  );
}
