import { DomainError } from '@tandem/chassis/errors';
import type { IndexQuery, Position } from './driver.ts';

/** A list of an index's entries. */
type List = Pick<IndexQuery, 'index' | 'partition' | 'order'>;

/** An opaque cursor for the place behind `position` in an index. */
export function encodeCursor({ index, order }: List, { partition, sort, pk }: Position): string {
  const place = [index, partition, sort, pk, ...(order === 'descending' ? [order] : [])];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place that a cursor of this list stands for. Throws `invalid` for any other text. */
export function decodeCursor(cursor: string, list: List): Position {
  const { partition } = list;
  const [, ofPartition, sort, pk] = fields(cursor);
  if (!ofPartition || !sort || !pk || (partition ?? ofPartition) !== ofPartition) {
    throw invalid();
  }
  const position = { partition: ofPartition, sort, pk };
  if (encodeCursor(list, position) !== cursor) throw invalid();
  return position;
}

/** DynamoDB's limits of the fields' lengths in bytes; a longer field is a forgery. */
const MAX_BYTES = [255, 2048, 1024, 2048];

function fields(cursor: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (cause) {
    throw invalid(cause);
  }
  if (!Array.isArray(parsed)) throw invalid();
  return MAX_BYTES.map((maxBytes, i) => {
    const field: unknown = parsed[i];
    if (typeof field !== 'string' || !field.isWellFormed() || Buffer.byteLength(field) > maxBytes) {
      throw invalid();
    }
    return field;
  });
}

function invalid(cause?: unknown): DomainError {
  return new DomainError(
    'invalid',
    'invalid-cursor',
    'The cursor is not from this list. Start again without one.',
    {
      cause,
    },
  );
}
