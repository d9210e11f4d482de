import { CsvError, parse } from 'csv-parse/sync';
import type { TextLine } from './lines.ts';

/** Record of a CSV file, with the line on which it starts, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Skipped row with the reason. */
export interface BadRow {
  readonly line: number;
  readonly reason: string;
}

type Lines = AsyncIterable<readonly TextLine[]>;

/** Text that is parsed at once, in characters. */
const BATCH = 65_536;
/** Longest record, in characters: a quote that is open for longer is misplaced. */
const LONGEST_RECORD = 1_048_576;
const MISPLACED = 'unreadable: misplaced quote';

/**
 * Streams the records of a CSV file in their order, and the bad rows among them. The first record, the header, decides how many
 * cells each must have. After a misplaced quote only its own line is skipped: parsing resumes on the next line.
 */
export async function* readCsv(lines: Lines, delimiter: string): AsyncGenerator<CsvRow | BadRow> {
  const parser = createParser(delimiter);
  for await (const batch of lines) yield* parser.push(batch);
  yield* parser.end();
}

function createParser(delimiter: string) {
  let pending: readonly TextLine[] = [];
  let length = 0;
  /** Length from which it is worth to parse: twice that of a record that was not at its end. */
  let worthwhile = BATCH;
  let linesBefore = 0;
  let columns: number | undefined;

  const toRecord = (cells: string[], line: number, lineCount: number): CsvRow | BadRow => {
    columns ??= cells.length;
    const first = line - linesBefore - 1;
    if (pending.slice(first, first + lineCount).some(({ isDamaged }) => isDamaged))
      return { line, reason: 'not valid UTF-8' };
    if (cells.length > columns && cells.slice(columns).every((cell) => cell.trim() === ''))
      return { line, cells: cells.slice(0, columns) };
    if (cells.length === columns) return { line, cells };
    if (lineCount > 1) throw new RunawayQuote();
    return { line, reason: `${cells.length} columns instead of ${columns}` };
  };
  const drop = (count: number) => {
    length -= pending.slice(0, count).reduce((sum, { text }) => sum + text.length, 0);
    pending = pending.slice(count);
    linesBefore += count;
  };

  /** Parses what is pending, except for a record that may continue on lines to come. */
  function* take(isEnd: boolean): Generator<CsvRow | BadRow> {
    while (pending.length > 0) {
      const records: (CsvRow | BadRow)[] = [];
      let linesRead = 0;
      const fault = parseUntilFault(pending, delimiter, (cells, lastLine) => {
        const lineBreaks = cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
        records.push(toRecord(cells, linesBefore + lastLine - lineBreaks, lineBreaks + 1));
        linesRead = lastLine;
      });
      yield* records;
      drop(fault === undefined ? pending.length : linesRead);
      if (fault === undefined || (fault === 'open' && !isEnd && length < LONGEST_RECORD)) {
        worthwhile = Math.max(BATCH, 2 * length);
        return;
      }
      drop(pending.findIndex(({ text }) => text !== ''));
      yield { line: linesBefore + 1, reason: MISPLACED };
      drop(1);
    }
  }

  return {
    *push(batch: readonly TextLine[]) {
      pending = [...pending, ...batch];
      length += batch.reduce((sum, { text }) => sum + text.length, 0);
      if (length >= worthwhile) yield* take(false);
    },
    end: () => take(true),
  };
}

/** Error for a quote that another cell's quote closes lines later. */
class RunawayQuote extends Error {}

function parseUntilFault(
  lines: readonly TextLine[],
  delimiter: string,
  onRecord: (cells: string[], lastLine: number) => void,
): 'open' | 'misplaced' | undefined {
  try {
    parse(`${lines.map(({ text }) => text).join('\n')}\n`, {
      delimiter,
      // Tab-separated feeds do not quote: a quote in a cell is an inch.
      relax_quotes: delimiter === '\t',
      relax_column_count: true,
      record_delimiter: '\n',
      skip_empty_lines: true,
      // Spreadsheets write rows of nothing but delimiters.
      skip_records_with_empty_values: true,
      on_record: (cells: string[], { lines }) => {
        onRecord(cells, lines);
        return null;
      },
    });
    return undefined;
  } catch (error) {
    if (error instanceof CsvError) return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'misplaced';
    if (error instanceof RunawayQuote) return 'misplaced';
    throw error;
  }
}
