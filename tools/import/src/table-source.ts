import { printable } from '@tandem/cli/printable';
import { unreadable } from './file/bytes.ts';
import type { BadRow } from './file/csv.ts';
import { columnKey, type Row, type Table } from './file/table.ts';
import type { Format, RowReader } from './formats/format.ts';
import { createDecimalVote, currencyOf, type DecimalMark, splitAmount } from './product/money.ts';
import { createConversion } from './product/product.ts';
import type { Source, SourceOptions } from './source.ts';

/** Size of the chunks of a body, in characters. */
const CHUNK = 65_536;

/** Facts that a first pass over a table shows. */
interface Scan {
  readonly rows: number;
  readonly decimal: DecimalMark | undefined;
}

/**
 * Source that reads a table twice: first for what its rows say together, then row by row, so that of its rows only the lines and
 * ids are in memory. Rejects with a DomainError where amounts have no currency.
 */
export async function tableSource(table: Table, format: Format, options: SourceOptions): Promise<Source> {
  const reader = format.createReader(new Set(table.columns.map(columnKey)));
  const scan = await scanTable(table, format, reader, options);
  const { currency, inventory } = options;
  const conversion = createConversion({
    currency,
    inventory,
    decimal: options.decimal ?? scan.decimal,
    isComplete: format.isComplete,
  });
  const bad: BadRow[] = [];
  /** Line of each product in the body. */
  const lines: number[] = [];

  /** The product of a row as a line of the body; '' without one. */
  const bodyLine = (row: Row | BadRow): string => {
    const reading = 'reason' in row ? row : reader.read(row);
    if (reading === 'no product') {
      conversion.notes.add('no product', row.line);
      return '';
    }
    const product = 'reason' in reading ? reading : conversion.toProduct(reading, row.line);
    if ('reason' in product) {
      bad.push({ line: row.line, reason: product.reason });
      return '';
    }
    lines.push(row.line);
    return `${JSON.stringify(product)}\n`;
  };

  return {
    format: format.name,
    total: scan.rows,
    unit: 'rows',
    bad,
    notes: () => conversion.notes.texts(),
    async *body(onProgress) {
      let done = 0;
      let chunk = '';
      for await (const row of table.rows()) {
        chunk += bodyLine(row);
        done += 1;
        if (chunk.length < CHUNK) continue;
        yield Buffer.from(chunk);
        chunk = '';
        onProgress(done);
      }
      if (chunk !== '') yield Buffer.from(chunk);
      onProgress(done);
    },
    reject: (line, reason) => ({ line: lines[line - 1] ?? 0, reason }),
  };
}

async function scanTable(
  table: Table,
  { priceColumns, currencyColumns }: Format,
  reader: RowReader,
  options: SourceOptions,
): Promise<Scan> {
  const vote = createDecimalVote();
  let count = 0;
  let hasPrice = false;
  let hasCurrency = options.currency !== undefined;
  /** Mapped elements of XML that no item has had; the columns of other tables are known before. */
  const missing = new Map(Object.entries(table.columns.length === 0 ? (options.map ?? {}) : {}));
  for await (const row of table.rows()) {
    count += 1;
    if ('reason' in row) continue;
    reader.scan?.(row);
    for (const [field, name] of missing) if (row.get(columnKey(name)) !== '') missing.delete(field);
    hasCurrency ||= row.get(...currencyColumns) !== '';
    for (const column of priceColumns) {
      const text = row.get(column);
      if (text === '') continue;
      hasPrice = true;
      vote.add(text);
      const amount = splitAmount(text);
      hasCurrency ||= amount !== undefined && currencyOf(amount, undefined, undefined) !== undefined;
    }
  }
  if (count === 0)
    throw unreadable(`${table.file} has no products: no row below the header, no <item> or <entry>`);
  for (const [field, name] of missing)
    throw unreadable(`${table.file}: no <item> or <entry> has an element "${printable(name)}" for ${field}`);
  if (hasPrice && !hasCurrency)
    throw unreadable(
      `${table.file} does not name the currency of its prices: use --currency, e.g. --currency EUR`,
    );
  return { rows: count, decimal: vote.mark() };
}
