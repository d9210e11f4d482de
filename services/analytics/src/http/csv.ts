import { stringify } from 'csv-stringify/sync';
import type { FunnelView } from '../application/funnel.ts';
import type { Money } from '../application/money.ts';
import type { ProductView } from '../application/product.ts';
import type { ProductPage } from '../application/products.ts';
import { unitFigures } from '../application/units.ts';

type Rows<C extends string, A extends string> = readonly Readonly<
  Partial<Record<C, string | number | null>> & Record<A, readonly Money[]>
>[];

/**
 * A CSV file (RFC 4180) with a header. Amounts have a column for each currency of any row, such as `revenue_EUR`; a row
 * without an amount in it has an empty cell. Texts that a spreadsheet would take for a formula begin with an apostrophe.
 */
function csvOf<C extends string, A extends string>(
  columns: readonly C[],
  amountColumns: readonly A[],
  rows: Rows<C, A>,
): string {
  const records = rows.map((row) => ({
    ...Object.fromEntries(columns.map((column) => [column, row[column]])),
    ...Object.fromEntries(
      amountColumns.flatMap((column) =>
        row[column].map(({ currency, amount }) => [`${column}_${currency}`, amount] as const),
      ),
    ),
  }));
  const amountHeaders = amountColumns.flatMap((column) => {
    const currencies = new Set(rows.flatMap((row) => row[column].map(({ currency }) => currency)));
    return [...currencies].sort().map((currency) => `${column}_${currency}`);
  });
  return stringify(records, {
    header: true,
    columns: [...columns, ...amountHeaders],
    record_delimiter: '\r\n',
    escape_formulas: true,
    // The library quotes a cell with the delimiter of records only, but a reader may end a record at either character.
    quoted_match: /[\r\n]/,
  });
}

/** Rows of days. */
export function csvOfFunnel({ days }: FunnelView): string {
  const columns = [
    'date',
    'cartsOpened',
    'cartsAbandoned',
    'cartsCheckedOut',
    'conversionRate',
    'unitsCheckedOut',
    'unitsPerCart',
  ] as const;
  return csvOf(columns, ['revenue', 'valuePerCart'], days);
}

/** Rows of products, without trends. */
export function csvOfProducts({ items }: Pick<ProductPage, 'items'>): string {
  return csvOf(['productId', 'name', ...unitFigures], ['revenue'], items);
}

/** Rows of days. */
export function csvOfProduct({ days }: ProductView): string {
  return csvOf(['date', ...unitFigures], ['revenue'], days);
}
