import { createLineReader } from '@tandem/product/http/import-line';
import { numberedLines } from '@tandem/product/http/lines';
import { formatMinorUnits } from '@tandem/contracts/currency';
import { printable } from '@tandem/cli/printable';
import type { BadRow } from './file/csv.ts';
import type { Source } from './source.ts';

/** Longest line of a body, as the API has it. */
const MAX_LINE_BYTES = 64 * 1024;
/** Products that a dry run shows. */
const SHOWN = 10;
/** Widest column of the table, in characters. */
const WIDEST = 40;

const shownFields = ['productId', 'name', 'price', 'currency', 'inventory', 'category'] as const;

/** Fields of a valid product as a file names them. */
type Fields = Readonly<Partial<Record<(typeof shownFields)[number], string | number | undefined>>>;

export interface DryRunReport {
  /** The first valid products. */
  readonly first: readonly Fields[];
  readonly valid: number;
  readonly bad: readonly BadRow[];
}

/**
 * Reads a source to its end and validates its products by the schema of the API, without a system. What only the system knows,
 * such as whether a product exists, is not checked.
 */
export async function dryRun(source: Source, onProgress: (done: number) => unknown): Promise<DryRunReport> {
  const readLine = createLineReader();
  const first: Fields[] = [];
  const rejected: BadRow[] = [];
  let valid = 0;
  for await (const line of numberedLines(source.body(onProgress), MAX_LINE_BYTES)) {
    const result = readLine(line);
    if ('reason' in result) rejected.push(source.reject(line.line, result.reason));
    else {
      valid += 1;
      if (first.length < SHOWN) first.push({ productId: result.productId, ...result.fields });
    }
  }
  const bad = [...source.bad, ...rejected].sort((a, b) => a.line - b.line);
  return { first, valid, bad };
}

/** The products as a table for a terminal; prices in major units. */
export function productTable(products: readonly Fields[]): string {
  const rows = [
    shownFields,
    ...products.map((product) => shownFields.map((field) => cellOf(product, field))),
  ];
  const widths = shownFields.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => alignOf(shownFields[column])(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((row) => `${row}\n`)
    .join('');
}

function cellOf(product: Fields, field: (typeof shownFields)[number]): string {
  const value = product[field];
  if (value === undefined) return '–';
  if (field === 'price') return formatMinorUnits(Number(value), String(product.currency ?? ''));
  const text = printable(String(value));
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

function alignOf(field: string | undefined) {
  return (cell: string, width: number) =>
    field === 'price' || field === 'inventory' ? cell.padStart(width) : cell.padEnd(width);
}
