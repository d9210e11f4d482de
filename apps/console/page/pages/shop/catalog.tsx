import { useEffect, useRef } from 'preact/hooks';
import { address, linkTo, setParameters } from '../../parts/address.ts';
import { ErrorNotice, Select } from '../../parts/controls.tsx';
import { counted, integer } from '../../parts/format.ts';
import { accentOf } from '../../parts/topology.ts';
import { type Listing, MOST_PRODUCTS, useCurrent, useListing } from './catalog-reads.ts';
import {
  categoriesOf,
  type ListPart,
  parametersOf,
  partOf,
  type Selection,
  selectionFrom,
  sorted,
  sortings,
} from './catalog-selection.ts';
import { ProductCard } from './product-card.tsx';

/** Catalog: search, category, order and pages, all in the address. */
export function Catalog() {
  const selection = selectionFrom(address.value.parameters);
  const { all, found } = useListing(selection);
  const part = partOf(sorted(found.data?.items ?? [], selection.sorting), selection.page);
  const products = useCurrent(part.items);
  const heading = useRef<HTMLHeadingElement>(null);
  const shownPage = useRef(selection.page);
  useEffect(() => {
    if (shownPage.current === selection.page) return;
    shownPage.current = selection.page;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }, [selection.page]);
  const categories = categoriesOf(all.data?.items ?? []);
  return (
    <section class={accentOf('product')} aria-labelledby="catalog-title">
      <Filters selection={selection} categories={categories} />
      <div class="heading row">
        <h2 id="catalog-title" tabIndex={-1} ref={heading}>
          {titleOf(selection)}
        </h2>
        <p class="small" role="status">
          {found.data && countText(part, found.data, selection)}
        </p>
      </div>
      {!found.data && <ErrorNotice message={(all.error ?? found.error)?.message} />}
      <ul class="list products" aria-busy={found.isLoading}>
        {products.map((product) => (
          <ProductCard key={product.productId} product={product} selection={selection} />
        ))}
      </ul>
      {found.data && part.total === 0 && <Nothing selection={selection} />}
      <Pages part={part} selection={selection} />
    </section>
  );
}

function titleOf({ q, category }: Selection): string {
  const where = category === '' ? 'All products' : category;
  return q === '' ? where : `“${q}” in ${category === '' ? 'all products' : category}`;
}

/** "1–12 of 313 products"; says so where more exist than can be sorted in the page. */
function countText(
  { first, last, total }: ListPart<unknown>,
  { isComplete }: Listing,
  { q }: Selection,
): string {
  const range = total === last - first + 1 || total === 0 ? '' : `${first}–${last} of `;
  if (isComplete) return `${range}${counted(total, 'product')}`;
  return q === ''
    ? `${range}the first ${integer(MOST_PRODUCTS)} products. Search for others: only these can be sorted.`
    : `${range}the first ${integer(total)} products found. Type more of the name.`;
}

/** Address of a selection of the catalog, from its first page unless the page is what changes. */
function addressOf(selection: Selection, changes: Partial<Selection>): string {
  return linkTo('shop', '', parametersOf({ ...selection, page: 1, ...changes }));
}

interface FiltersProps {
  readonly selection: Selection;
  readonly categories: readonly string[];
}

function Filters({ selection, categories }: FiltersProps) {
  const { q, category, sorting } = selection;
  const known = category === '' || categories.includes(category) ? categories : [category, ...categories];
  return (
    <div class="filters" role="search">
      <label class="search">
        Search
        <input
          type="search"
          placeholder="Name of a product"
          value={q}
          maxLength={100}
          autocomplete="off"
          onInput={({ currentTarget }) => setParameters({ q: currentTarget.value, page: undefined })}
        />
      </label>
      <Select
        label="Category"
        value={category}
        options={[['', 'All'], ...known.map((name) => [name, name] as const)]}
        onChoose={(name) => setParameters({ category: name, page: undefined }, true)}
      />
      <Select
        label="Sort by"
        value={sorting}
        options={sortings}
        onChoose={(name) => setParameters({ ...parametersOf({ ...selection, page: 1 }), sort: name }, true)}
      />
    </div>
  );
}

function Nothing({ selection }: { readonly selection: Selection }) {
  const { q, category } = selection;
  if (q === '' && category === '')
    return <p class="quiet">There are no products yet. Create one under Admin, or import a catalog.</p>;
  return (
    <p class="quiet">
      No product {q !== '' && `has a name with “${q}”`} {category !== '' && `in ${category}`}.{' '}
      <a href={addressOf(selection, { q: '', category: '' })}>Show all products</a>
    </p>
  );
}

interface PagesProps {
  readonly part: ListPart<unknown>;
  readonly selection: Selection;
}

/** Links to the neighbouring pages. */
function Pages({ part: { page, pageCount }, selection }: PagesProps) {
  if (pageCount === 1) return null;
  return (
    <nav class="pages row" aria-label="Pages of the catalog">
      {page > 1 && (
        <a rel="prev" href={addressOf(selection, { page: page - 1 })}>
          ← Previous page
        </a>
      )}
      <span>
        Page {page} of {pageCount}
      </span>
      {page < pageCount && (
        <a rel="next" href={addressOf(selection, { page: page + 1 })}>
          Next page →
        </a>
      )}
    </nav>
  );
}
