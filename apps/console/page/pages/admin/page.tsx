import type { ComponentType } from 'preact';
import { address, linkTo } from '../../parts/address.ts';
import { Requirements } from '../../parts/controls.tsx';
import './admin.css';
import { LOW_STOCK, ProductList } from './catalog/product-list.tsx';
import { Heading } from './heading.tsx';
import { ImportPage } from './importing/import-page.tsx';
import { LatencyPage } from './latency/latency-page.tsx';
import { OrdersPage } from './orders/orders-page.tsx';
import { CreatePage } from './product/create-page.tsx';
import { DeletedNotices } from './product/deleted.tsx';
import { ProductPage } from './product/product-page.tsx';

/** Parts of the page, by the first part of their path, with the link of the navigation. */
const parts: readonly {
  readonly path: string;
  readonly title: string;
  readonly parameters?: Readonly<Record<string, string>>;
}[] = [
  { path: '', title: 'Products' },
  { path: '', title: 'Low stock', parameters: { available: LOW_STOCK, sort: 'inventory' } },
  { path: 'new', title: 'New product' },
  { path: 'import', title: 'Import' },
  { path: 'orders', title: 'Orders' },
  { path: 'latency', title: 'Latency' },
];

/** Admin page: products, their stock, import, orders, and the latency of a change; `path` says which. */
export default function Admin() {
  const { path } = address.value;
  const [part = '', id = ''] = path.split(/\/(.*)/s);
  return (
    <>
      <Navigation part={part} />
      <Requirements what="Changing or importing products" />
      <Part part={part} id={id} />
    </>
  );
}

function Navigation({ part }: { readonly part: string }) {
  const isLow = address.value.parameters.has('available');
  const isCurrent = ({ path, parameters }: (typeof parts)[number]) =>
    path === (part === 'product' ? '' : part) && (parameters !== undefined) === (path === '' && isLow);
  return (
    <nav class="parts" aria-label="Admin">
      {parts.map((link) => (
        <a
          key={link.title}
          href={linkTo('admin', link.path, link.parameters)}
          aria-current={isCurrent(link) ? 'page' : undefined}
        >
          {link.title}
        </a>
      ))}
    </nav>
  );
}

function Part({ part, id }: { readonly part: string; readonly id: string }) {
  if (part === '') return <Products />;
  if (part === 'product' && id !== '') return <ProductPage key={id} productId={id} />;
  if (part === 'latency') return <LatencyPage productId={id || undefined} />;
  if (part === 'orders') return <OrdersPage orderNumber={id || undefined} />;
  const Content = simpleParts[part];
  return Content ? <Content /> : <UnknownPart />;
}

const simpleParts: Readonly<Record<string, ComponentType>> = { new: CreatePage, import: ImportPage };

function Products() {
  const isLow = address.value.parameters.has('available');
  return (
    <>
      <Heading>{isLow ? 'Admin: low stock' : 'Admin: products'}</Heading>
      <DeletedNotices />
      <ProductList />
    </>
  );
}

function UnknownPart() {
  return (
    <>
      <Heading>Page not found</Heading>
      <p>
        <a href={linkTo('admin')}>All products</a>
      </p>
    </>
  );
}
