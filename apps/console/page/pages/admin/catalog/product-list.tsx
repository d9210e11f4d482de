import type { Product } from '../../../commerce.ts';
import { address, linkTo, setParameters } from '../../../parts/address.ts';
import { ErrorNotice, Table } from '../../../parts/controls.tsx';
import { counted, formatMoney, integer } from '../../../parts/format.ts';
import { Thumbnail } from '../thumbnail.tsx';
import { arrange, pageOf, type SortField, type View, viewFrom } from './arrange.ts';
import { MAX_PRODUCTS, useCatalog, useSearch } from './catalog.ts';
import type { Catalog } from './with-products.ts';

/** Units at which stock counts as low, unless the reader chooses another number. */
export const LOW_STOCK = '5';

/** Columns, with the field that sorts them. */
const columns: readonly (readonly [title: string, field: SortField])[] = [
  ['Product', 'name'],
  ['Category', 'category'],
  ['#Price', 'price'],
  ['#On hand', 'onHand'],
  ['#Held', 'held'],
  ['#Available', 'inventory'],
];

/** All products, as a table with search, filters, order and pages; what is shown is in the address. */
export function ProductList() {
  const view = viewFrom(address.value.parameters);
  const { data: catalog, error } = useCatalog();
  const isSearchNeeded = catalog !== undefined && !catalog.isComplete && view.search.trim() !== '';
  const found = useSearch(view.search, isSearchNeeded).data;
  return (
    <>
      <Filters view={view} categories={categoriesOf(catalog)} />
      <ErrorNotice message={error?.message} />
      {catalog ? (
        <Products view={view} all={withFound(catalog.products, found)} isComplete={catalog.isComplete} />
      ) : (
        error === undefined && <p class="quiet">Loading …</p>
      )}
    </>
  );
}

function Filters({ view, categories }: { readonly view: View; readonly categories: readonly string[] }) {
  return (
    <search class="fields filters">
      <label>
        Search by name or id
        <input
          type="search"
          value={view.search}
          placeholder="bell"
          onInput={({ currentTarget }) => setParameters({ q: currentTarget.value, page: undefined })}
        />
      </label>
      <label>
        Category
        <select
          value={view.category}
          onChange={({ currentTarget }) =>
            setParameters({ category: currentTarget.value, page: undefined }, true)
          }
        >
          <option value="">All</option>
          {[...new Set([...categories, ...(view.category ? [view.category] : [])])].map((category) => (
            <option key={category} value={category}>
              {category}
            </option>
          ))}
        </select>
      </label>
      <label>
        Available at most
        <input
          type="number"
          min={0}
          step={1}
          value={view.atMost ?? ''}
          placeholder="any number"
          onInput={({ currentTarget }) => setParameters({ available: currentTarget.value, page: undefined })}
        />
      </label>
    </search>
  );
}

interface ProductsProps {
  readonly view: View;
  readonly all: readonly Product[];
  readonly isComplete: boolean;
}

function Products({ view, all, isComplete }: ProductsProps) {
  const shown = arrange(all, view);
  const { items, start, page, pages } = pageOf(shown, view.page);
  return (
    <>
      <p role="status" class="small">
        {shown.length === all.length
          ? counted(all.length, 'product')
          : `${integer(shown.length)} of ${counted(all.length, 'product')}`}
        {!isComplete &&
          ` (the first ${integer(MAX_PRODUCTS)} of the catalog: a search by name finds the others, order and other filters do not)`}
      </p>
      {shown.length === 0 ? (
        <p class="notice">
          No product matches. <a href={linkTo('admin')}>Show all products</a> or{' '}
          <a href={linkTo('admin', 'new')}>create one</a>.
        </p>
      ) : (
        <Table
          label="Products"
          class="products"
          columns={columns.map(([title]) => title)}
          sorting={sortingOf(view)}
          rows={items.map(rowOf)}
        />
      )}
      {pages > 1 && (
        <nav class="row pager" aria-label="Pages">
          <PageLink page={page - 1} pages={pages} text="Previous" />
          <span>
            {integer(start + 1)}–{integer(start + items.length)} of {integer(shown.length)}
          </span>
          <PageLink page={page + 1} pages={pages} text="Next" />
        </nav>
      )}
    </>
  );
}

function rowOf(product: Product) {
  const { productId, name, category, price, currency, onHand, held, inventory, imageUrl } = product;
  return [
    <a key={productId} class="row product-link" href={linkTo('admin', `product/${productId}`)}>
      <Thumbnail name={name} imageUrl={imageUrl} />
      <span>{name}</span>
    </a>,
    category ?? '–',
    formatMoney(price, currency),
    integer(onHand),
    integer(held),
    inventory <= Number(LOW_STOCK) ? <strong class="low">{integer(inventory)}</strong> : integer(inventory),
  ];
}

function sortingOf(view: View) {
  const titleOf = (field: SortField) => columns.find((column) => column[1] === field)?.[0] ?? '';
  return {
    column: titleOf(view.sort),
    isAscending: !view.isDescending,
    addressOf(title: string) {
      const field = columns.find((column) => column[0] === title)?.[1] ?? 'name';
      const isReversed = field === view.sort && !view.isDescending;
      return addressWith({ sort: `${isReversed ? '-' : ''}${field}`, page: undefined });
    },
  };
}

function PageLink({
  page,
  pages,
  text,
}: {
  readonly page: number;
  readonly pages: number;
  readonly text: string;
}) {
  if (page < 1 || page > pages) return <span class="quiet">{text}</span>;
  return <a href={addressWith({ page: page === 1 ? undefined : String(page) })}>{text}</a>;
}

function addressWith(changes: Readonly<Record<string, string | undefined>>): string {
  return linkTo('admin', '', { ...Object.fromEntries(address.value.parameters), ...changes });
}

/** The products of the catalog, and those that only a search has found. */
function withFound(products: readonly Product[], found: readonly Product[] = []): readonly Product[] {
  const known = new Set(products.map(({ productId }) => productId));
  return [...products, ...found.filter(({ productId }) => !known.has(productId))];
}

/** Categories of a catalog, in alphabetical order. */
export function categoriesOf(catalog: Catalog | undefined): readonly string[] {
  const all = new Set(catalog?.products.flatMap(({ category }) => category ?? []));
  return [...all].sort((a, b) => a.localeCompare(b));
}
