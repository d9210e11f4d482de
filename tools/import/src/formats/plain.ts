import { columnKey, type Row } from '../file/table.ts';
import { absentIfEmpty, type Format } from './format.ts';

/** Fields of a product that `--map` may name, each with the columns in which a plain file has it. */
export const plainColumns = {
  productId: ['productid', 'product id', 'id', 'sku'],
  name: ['name', 'title'],
  description: ['description'],
  category: ['category'],
  imageUrl: ['imageurl', 'image url', 'image'],
  price: ['price'],
  currency: ['currency'],
  inventory: ['inventory', 'stock', 'qty', 'quantity'],
  maxPerCart: ['maxpercart'],
} as const satisfies Record<string, readonly string[]>;

export type PlainField = keyof typeof plainColumns;
export type ColumnMap = Readonly<Partial<Record<PlainField, string>>>;

/** A file with a column for each field of a product, or with columns that `map` names. A row may leave fields out. */
export function plain(map: ColumnMap = {}): Format {
  const columnsOf = (field: PlainField): readonly string[] => {
    const mapped = map[field];
    return mapped === undefined ? plainColumns[field] : [columnKey(mapped)];
  };
  const isOwnId = (row: Row) => map.productId === undefined && row.get('productid', 'product id') !== '';
  return {
    name: 'products',
    matches: (columns) =>
      columnsOf('productId').some((column) => columns.has(column)) &&
      (['name', 'price', 'inventory'] as const).some((field) =>
        columnsOf(field).some((column) => columns.has(column)),
      ),
    priceColumns: columnsOf('price'),
    currencyColumns: columnsOf('currency'),
    isComplete: false,
    createReader: () => ({
      read(row) {
        const id = row.get(...columnsOf('productId'));
        if (id === '') return { reason: 'no product id' };
        const fields = (Object.keys(plainColumns) as PlainField[]).map((field) => [
          field,
          absentIfEmpty(row.get(...columnsOf(field))),
        ]);
        return {
          ...(Object.fromEntries(fields) as Partial<Record<PlainField, string>>),
          id,
          isOwnId: isOwnId(row),
        };
      },
    }),
  };
}
