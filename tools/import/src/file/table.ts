import { parse } from 'csv-parse/sync';
import { unreadable } from './bytes.ts';
import { type BadRow, readCsv } from './csv.ts';
import { isUtf8File, readLines, type TextLine } from './lines.ts';

/** Lines of a file from its start, in batches. */
type Lines = AsyncIterable<readonly TextLine[]>;

/** Row with the line on which it starts. */
export interface Row {
  readonly line: number;
  /** Text of the first of these columns that has any, trimmed; '' without one. Names in the form of {@link columnKey}. */
  readonly get: (...columns: readonly string[]) => string;
}

/** File of rows with named columns, which can be read several times. */
export interface Table {
  readonly file: string;
  /** Column names as the file has them. */
  readonly columns: readonly string[];
  rows(): AsyncIterable<Row | BadRow>;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** A column's name without what differs between copies of a format: case, underscores, spaces, a namespace. */
export function columnKey(name: string): string {
  return name
    .normalize('NFC')
    .trim()
    .replaceAll(/[\s_]+/g, ' ')
    .toLowerCase()
    .replace(/^g:/, '');
}

/**
 * Opens a CSV file; default: the delimiter that splits the header into the most columns. Reads the file for its encoding, up to
 * the first line that shows it, and then its header.
 */
export async function openCsv(file: string, delimiter?: string): Promise<Table> {
  const isUnicode = await isUtf8File(file);
  const lines = () => readLines(file, isUnicode);
  const { header, declared } = await readHeader(lines());
  const separator = delimiter ?? declared ?? likeliest(header);
  const records = () => readCsv(declared === undefined ? lines() : withoutFirst(lines()), separator);
  const columns = await headerOf(file, records());
  const indexes = new Map<string, number>();
  for (const [index, name] of columns.entries())
    if (!indexes.has(columnKey(name))) indexes.set(columnKey(name), index);

  return {
    file,
    columns,
    async *rows() {
      let isHeader = true;
      for await (const record of records()) {
        if ('reason' in record) yield record;
        else if (isHeader) isHeader = false;
        else yield toRow(record.line, (column) => record.cells[indexes.get(column) ?? -1]);
      }
    },
  };
}

/** Row whose cells `cellOf` returns. */
export function toRow(line: number, cellOf: (column: string) => string | undefined): Row {
  return {
    line,
    get(...columns) {
      for (const column of columns) {
        const text = cellOf(column)?.trim();
        if (text) return text;
      }
      return '';
    },
  };
}

async function headerOf(
  file: string,
  records: AsyncIterable<BadRow | { readonly cells: readonly string[] }>,
): Promise<readonly string[]> {
  for await (const record of records) {
    if ('cells' in record) return record.cells.map((name) => name.trim());
    throw unreadable(`${file}: the first line, which must name the columns, is ${record.reason}`);
  }
  throw unreadable(`${file} is empty: the first line must name the columns`);
}

/** The first line with a text, and the delimiter if Excel's line `sep=;` declares it. */
async function readHeader(lines: Lines): Promise<{ header: string; declared?: string }> {
  for await (const batch of lines) {
    const texts = batch.map(({ text }) => text).filter((text) => text.trim() !== '');
    const [header] = texts;
    if (header === undefined) continue;
    const declared = /^"?sep=(.)"?$/i.exec(header)?.[1];
    return declared === undefined ? { header } : { header, declared };
  }
  return { header: '' };
}

/** The lines with the first one, that of `sep=;`, blank, so that numbers stay. */
async function* withoutFirst(lines: Lines): AsyncGenerator<readonly TextLine[]> {
  let isFirst = true;
  for await (const batch of lines) {
    yield isFirst ? batch.with(0, { text: '' }) : batch;
    isFirst = false;
  }
}

function likeliest(header: string): string {
  const counts = DELIMITERS.map((delimiter) => countColumns(header, delimiter));
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function countColumns(header: string, delimiter: string): number {
  try {
    const [cells] = parse(header, { delimiter, relax_quotes: true, to: 1 });
    return cells?.length ?? 0;
  } catch {
    return header.split(delimiter).length;
  }
}
