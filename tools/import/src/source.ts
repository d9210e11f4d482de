import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { chunksOf } from '@tandem/cli/batches';
import { assertApplicable } from './applicable.ts';
import { isSalesTable, readCatalog, type Sale } from './catalog.ts';
import { asUnreadable, readBytes, unreadable } from './file/bytes.ts';
import type { BadRow } from './file/csv.ts';
import { readJson } from './file/json.ts';
import { openCsv, type Table } from './file/table.ts';
import { openXml } from './file/xml.ts';
import { feedFormat, formatOf } from './formats/index.ts';
import type { ColumnMap } from './formats/plain.ts';
import type { DecimalMark } from './product/money.ts';
import { tableSource } from './table-source.ts';

/** Import source: the products of a file as an NDJSON body. */
export interface Source {
  /** Name of the file's format. */
  readonly format: string;
  /** Size of the file in `unit`. */
  readonly total: number;
  readonly unit: 'products' | 'rows' | 'bytes';
  /** Bad rows, which are not in the body; complete at its end. */
  readonly bad: readonly BadRow[];
  /** Differences from the file, such as mapped ids; complete at the end of the body. */
  readonly notes: () => readonly string[];
  /** Returns the body; reports the progress towards `total`. */
  body(onProgress: (done: number) => unknown): AsyncIterable<Uint8Array>;
  /** Maps a rejected line of the body to a row of the file. */
  reject(bodyLine: number, reason: string): BadRow;
}

/** Facts that a file does not say, or not in a known way. */
export interface SourceOptions {
  /** Currency of amounts that name none. */
  readonly currency?: string | undefined;
  /** Default: as the amounts of the file show. */
  readonly decimal?: DecimalMark | undefined;
  /** Stock of products whose units are not counted, and which are not sold out. */
  readonly inventory?: number | undefined;
  /** Default: the delimiter that splits the header into the most columns. */
  readonly delimiter?: string | undefined;
  /** Column of each field; default: by the format of the file. */
  readonly map?: ColumnMap;
}

const TABLES = ['.csv', '.tsv', '.tab', '.txt', '.xml'];

/** Opens a product file. Rejects with a DomainError when it cannot be read, is of no known format, or an option does not apply to it. */
export async function openSource(file: string, options: SourceOptions = {}): Promise<Source> {
  const extension = extname(file).toLowerCase();
  if (['.json', '.ndjson', '.jsonl'].includes(extension)) {
    assertApplicable('.json', options, extension);
    return await (extension === '.json' ? jsonSource(file) : ndjsonSource(file));
  }
  if (!TABLES.includes(extension))
    throw unreadable(
      `${file}: unknown format; use a file that ends with ${TABLES.join(', ')}, .json or .ndjson`,
    );
  const { map = {}, delimiter } = options;
  if (await isXml(file)) {
    assertApplicable('XML', options);
    return await tableSource(await openXml(file), feedFormat(map), options);
  }
  const table = await openCsv(file, delimiter);
  if (isSalesTable(table) && Object.keys(map).length === 0) return await salesSource(table, options);
  return await tableSource(table, formatOf(table, map), options);
}

/** Reads a CSV file with the columns of the UCI "Online Retail" data set. Rejects with a DomainError where it has others. */
export async function readSalesFile(
  file: string,
): Promise<{ readonly sales: readonly Sale[]; readonly bad: readonly BadRow[] }> {
  const table = await openCsv(file);
  if (!isSalesTable(table))
    throw unreadable(
      `${file}: the first line must have the columns InvoiceNo, StockCode, Description, Quantity and UnitPrice`,
    );
  const all: Sale[] = [];
  const { entries, bad } = await readCatalog(table, { onSale: (sale) => all.push(sale) });
  const products = new Set(entries.map(({ product }) => product.productId));
  return { sales: all.filter(({ productId }) => products.has(productId)), bad };
}

async function isXml(file: string): Promise<boolean> {
  for await (const chunk of readBytes(file)) return /^\s*</.test(chunk.toString('latin1', 0, 100));
  return false;
}

async function salesSource(table: Table, options: SourceOptions): Promise<Source> {
  assertApplicable('UCI Online Retail', options);
  const { entries, bad } = await readCatalog(table, options);
  const products = entries.map(({ product }) => product);
  return itemsSource('UCI Online Retail', products, bad, (i) => ({
    line: entries[i]?.line ?? 0,
    name: `product ${products[i]?.productId}`,
  }));
}

async function jsonSource(file: string): Promise<Source> {
  const bytes = await buffer(readBytes(file));
  const { items, bad, lineOf } = readJson(file, bytes);
  return itemsSource(
    'JSON',
    items.map(({ value }) => value),
    bad,
    (i) => ({ line: lineOf(i), name: `item ${(items[i]?.index ?? 0) + 1}` }),
  );
}

/** Source of items in memory; `rowOf` is the row of an item, by its index, and what it is called. */
function itemsSource(
  format: string,
  items: readonly unknown[],
  bad: readonly BadRow[],
  rowOf: (index: number) => { readonly line: number; readonly name: string },
): Source {
  return {
    format,
    total: items.length,
    unit: 'products',
    bad,
    notes: () => [],
    async *body(onProgress) {
      let done = 0;
      for (const batch of chunksOf(items, 100)) {
        yield Buffer.from(batch.map((item) => `${JSON.stringify(item)}\n`).join(''));
        onProgress((done += batch.length));
      }
    },
    reject(bodyLine, reason) {
      const { line, name } = rowOf(bodyLine - 1);
      return { line, reason: `${name}: ${reason}` };
    },
  };
}

/** Streams the file unchanged, but for UTF-16, so that the server's line numbers are those of the file. */
async function ndjsonSource(file: string): Promise<Source> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw asUnreadable(file, error);
  });
  return {
    format: 'NDJSON',
    total: size,
    unit: 'bytes',
    bad: [],
    notes: () => [],
    async *body(onProgress) {
      let done = 0;
      for await (const chunk of readBytes(file)) {
        yield chunk;
        done = Math.min(done + chunk.length, size);
        onProgress(done);
      }
      onProgress(size);
    },
    reject: (line, reason) => ({ line, reason }),
  };
}
