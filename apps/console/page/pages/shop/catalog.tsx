import { useRef } from 'preact/hooks';
import type { Product } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { Act, Trouble } from '../../parts/act.tsx';
import { add, doings as basketDoings, readCart } from './basket.ts';
import { Description } from './description.tsx';
import { needsHand } from './freshness.ts';
import { categories, category, doings, isFirst, page, turnAgain, turnTo } from './shelf.ts';

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
          {category.value ?? 'All products'}
        </h2>
        {needsHand() && (
          <Act isQuiet isOff={isTurning} onAct={() => void Promise.all([turnAgain(), readCart()])}>
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
  const choose = async (select: HTMLSelectElement) => {
    await turnTo(select.value === '' ? undefined : select.value);
    select.value = category.value ?? '';
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
        <select value={here ?? ''} onChange={({ currentTarget }) => void choose(currentTarget)}>
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
  const { productId, name, category, price, currency, inventory } = product;
  const isOut = inventory === 0;
  const doing = `add:${productId}`;
  return (
    <li>
      <p class="kind">{category ?? 'Without a category'}</p>
      <h3>{name}</h3>
      <Description productId={productId} name={name} />
      <div class="offer">
        <p class="price">{formatMoney(price, currency)}</p>
        <p class={isOut ? 'stock bad-ink' : 'stock'}>{isOut ? 'Out of stock' : `${inventory} available`}</p>
      </div>
      <Act
        isOff={isOut || basketDoings.isUnderWay(doing)}
        label={`Add to cart: ${name}`}
        onAct={() => void add(product)}
      >
        Add to cart
      </Act>
      <Trouble of={basketDoings.problemOf(doing)} />
    </li>
  );
}
