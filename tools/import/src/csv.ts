import { CsvError, parse } from 'csv-parse/sync';

/** Record of a CSV file, with the line on which it starts, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Skipped line with the reason. */
export interface BadRow {
  readonly line: number;
  readonly reason: string;
}

/**
 * Calls `onRow` for each record with `columns` cells, including the header, and returns the bad rows. After a misplaced quote
 * only its own line is skipped: parsing resumes on the next line.
 */
export function readCsv(text: string, columns: number, onRow: (row: CsvRow) => void): BadRow[] {
  const bytes = Buffer.from(text.replaceAll(/\r\n?/g, '\n'));
  const bad: BadRow[] = [];
  let offset = 0;
  let linesBefore = 0;

  const skipLines = (count: number) => {
    for (let skipped = 0; skipped < count && offset < bytes.length; skipped += 1) {
      const end = bytes.indexOf('\n', offset);
      offset = end === -1 ? bytes.length : end + 1;
      linesBefore += 1;
    }
  };

  while (offset < bytes.length) {
    let linesRead = 0;
    const fault = readUntilFault(bytes.subarray(offset), (cells, lastLine) => {
      const lineBreaks = cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      const line = linesBefore + lastLine - lineBreaks;
      if (cells.length === columns) onRow({ line, cells });
      else if (lineBreaks > 0) throw new RunawayQuote();
      else bad.push({ line, reason: `${cells.length} columns instead of ${columns}` });
      linesRead = lastLine;
    });
    if (fault === undefined) break;
    skipLines(linesRead);
    while (bytes[offset] === 0x0a) skipLines(1);
    bad.push({ line: linesBefore + 1, reason: fault });
    skipLines(1);
  }
  return bad;
}

/** Error for a quote that another cell's quote closes lines later. */
class RunawayQuote extends Error {}

function readUntilFault(
  bytes: Buffer,
  onRecord: (cells: readonly string[], lastLine: number) => void,
): string | undefined {
  try {
    parse(bytes, {
      bom: true,
      relax_column_count: true,
      record_delimiter: '\n',
      skip_empty_lines: true,
      on_record: (cells: string[], { lines }) => {
        onRecord(cells, lines);
        return null;
      },
    });
    return undefined;
  } catch (error) {
    if (error instanceof RunawayQuote || error instanceof CsvError) return 'unreadable: misplaced quote';
    throw error;
  }
}
