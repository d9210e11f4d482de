import { useRef } from 'preact/hooks';
import { type Product, readProduct } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { accentOf } from '../../parts/accent.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { LazyDetails } from '../../parts/lazy-details.tsx';
import { Select } from '../../parts/select.tsx';
import { add, actions as cartActions, readCart } from './cart-state.ts';
import { needsManualRefresh } from './freshness.ts';
import { categories, category, actions, isFirst, page, reloadPage, showPage } from './catalog-state.ts';

/** Paged catalog of all categories or of one. */
export function Catalog() {
  const heading = useRef<HTMLHeadingElement>(null);
  const goTo = async (cursor?: string) => {
    await showPage(category.value, cursor);
    heading.current?.focus();
  };
  const isLoading = actions.isPending('load');
  const next = page.value?.nextCursor;
  return (
    <section class={accentOf('product')} aria-labelledby="catalog-title">
      <div class="heading row">
        <h2 id="catalog-title" tabIndex={-1} ref={heading} class="accent-ink">
          {category.value ?? 'All products'}
        </h2>
        {needsManualRefresh() && (
          <Button isQuiet isDisabled={isLoading} onPress={() => void Promise.all([reloadPage(), readCart()])}>
            Refresh
          </Button>
        )}
      </div>
      <Filter />
      <ErrorNotice message={actions.errorOf('load') ?? actions.errorOf('refresh')} />
      <ul class="list products" aria-busy={isLoading}>
        {page.value?.items.map((product) => (
          <Item key={product.productId} product={product} />
        ))}
      </ul>
      {page.value?.items.length === 0 && <p class="quiet">There are no products here.</p>}
      <div class="row">
        {!isFirst.value && (
          <Button isQuiet isDisabled={isLoading} onPress={() => void goTo()}>
            First page
          </Button>
        )}
        {next !== undefined && (
          <Button isQuiet isDisabled={isLoading} onPress={() => void goTo(next)}>
            Next page
          </Button>
        )}
      </div>
    </section>
  );
}

/** Category filter: a known category, or any other by name. */
function Filter() {
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = new FormData(form).get('category');
    if (typeof name !== 'string' || name.trim() === '') return;
    form.reset();
    void showPage(name.trim());
  };
  const current = category.value;
  const extra = current === undefined || categories.value.includes(current) ? [] : [current];
  return (
    <div class="filter">
      <Select
        label="Category"
        value={current ?? ''}
        options={[['', 'All'], ...[...extra, ...categories.value].map((name) => [name, name] as const)]}
        onChoose={(name) => void showPage(name === '' ? undefined : name)}
      />
      <form onSubmit={search}>
        <label>
          Other category
          <input name="category" maxLength={64} autocomplete="off" />
        </label>
        <Button isQuiet>Show</Button>
      </form>
    </div>
  );
}

function Item({ product }: { readonly product: Product }) {
  const { productId, name, category, price, currency, inventory } = product;
  const isOut = inventory === 0;
  const action = `add:${productId}`;
  return (
    <li>
      <p class="small">{category ?? 'No category'}</p>
      <h3>{name}</h3>
      <LazyDetails
        summary="Description"
        label={`Description of ${name}`}
        load={async () => (await readProduct(productId)).description ?? 'No description.'}
      />
      <div class="offer">
        <p class="price">{formatMoney(price, currency)}</p>
        <p class={isOut ? 'small bad-ink' : 'small'}>{isOut ? 'Out of stock' : `${inventory} available`}</p>
      </div>
      <Button
        isDisabled={isOut || cartActions.isPending(action)}
        label={`Add to cart: ${name}`}
        onPress={() => void add(product)}
      >
        Add to cart
      </Button>
      <ErrorNotice message={cartActions.errorOf(action)} />
    </li>
  );
}
