import { printable } from '@tandem/cli/printable';
import { unreadable } from '../file/bytes.ts';
import { columnKey, type Table } from '../file/table.ts';
import type { Format } from './format.ts';
import { google } from './google.ts';
import { magento } from './magento.ts';
import { type ColumnMap, plain, plainColumns } from './plain.ts';
import { shopify } from './shopify.ts';
import { woocommerce } from './woocommerce.ts';

/** Longest list of columns in an error text, in characters. */
const LISTED = 300;

/** The format of an XML feed, whose columns may differ from item to item. */
export function feedFormat(map: ColumnMap): Format {
  return Object.keys(map).length > 0 ? plain(map) : google;
}

/** The format of a table by its columns; with `map`, that of the mapped columns. Throws a DomainError where there is none. */
export function formatOf({ file, columns }: Table, map: ColumnMap): Format {
  const keys = new Set(columns.map(columnKey));
  for (const [field, column] of Object.entries(map)) {
    if (!keys.has(columnKey(column)))
      throw unreadable(`${file} has no column "${printable(column)}" for ${field}; it has ${list(columns)}`);
  }
  const formats =
    Object.keys(map).length > 0 ? [plain(map)] : [shopify, woocommerce, magento, google, plain()];
  const format = formats.find(({ matches }) => matches(keys));
  if (format) return format;
  throw unreadable(
    `${file}: its columns ${list(columns)} are of no known format; name those of the fields ${Object.keys(plainColumns).join(', ')}, ` +
      'e.g. --map productId=SKU --map name=Title --map price=Amount',
  );
}

function list(columns: readonly string[]): string {
  const names = columns.map((name) => `"${name}"`).join(', ');
  return printable(names.length > LISTED ? `${names.slice(0, LISTED)}…` : names);
}
