import type { ProductRow } from '@tandem/analytics/application/products';
import { type UnitFigure, unitFigures } from '@tandem/analytics/application/units';
import { pathThrough } from '../../parts/chart.ts';
import { Table } from '../../parts/controls.tsx';
import { integer } from '../../parts/format.ts';
import { addressOfView, type View } from './address.ts';
import { amounts, course, titles } from './texts.ts';

const columnOf = (figure: UnitFigure) => `#${titles[figure]}`;
const columns = ['Product', ...unitFigures.map(columnOf), 'Trend', '#Revenue'];

interface ProductsProps {
  readonly view: View;
  readonly products: readonly ProductRow[];
}

/** Table of products; the titles of its figures sort it, and the names link to the figures of a product. */
export function Products({ view, products }: ProductsProps) {
  if (products.length === 0) return <p class="quiet">No product was added to a cart in these days.</p>;
  return (
    <Table
      label="Products, sorted by one of their figures"
      class="products"
      columns={columns}
      sorting={{
        column: columnOf(view.sort),
        addressOf(column) {
          const sort = unitFigures.find((figure) => columnOf(figure) === column);
          return sort && addressOfView({ ...view, sort });
        },
      }}
      rows={products.map(({ productId, name = productId, trend, revenue, ...units }) => [
        <a href={addressOfView({ ...view, productId })}>{name}</a>,
        ...unitFigures.map((figure) => integer(units[figure])),
        <Sparkline label={`${titles[view.sort]} units of ${name}`} values={trend} />,
        amounts(revenue),
      ])}
    />
  );
}

const SIZE = { width: 100, height: 24 };

/** Small line chart without axes. */
function Sparkline({ label, values }: { readonly label: string; readonly values: readonly number[] }) {
  const max = Math.max(1, ...values);
  return (
    <svg
      class="sparkline"
      viewBox={`0 -2 ${SIZE.width} ${SIZE.height + 4}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${course(values)}`}
    >
      <path d={pathThrough(values, { ...SIZE, max })} />
    </svg>
  );
}
