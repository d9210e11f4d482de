import { DomainError } from '@tandem/chassis/errors';
import type { IndexQuery, Position } from './driver.ts';

/** A list of index entries. */
type List = Pick<IndexQuery, 'index' | 'partition' | 'order'>;

/** Encodes an opaque cursor, which continues a list after `position`. */
export function encodeCursor({ index, order }: List, { partition, sort, pk }: Position): string {
  const fields = [index, partition, sort, pk, ...(order === 'descending' ? [order] : [])];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** Decodes a cursor of this list. Throws a DomainError of kind `invalid` for any other text. */
export function decodeCursor(cursor: string, list: List): Position {
  const [, partition, sort, pk] = fieldsOf(cursor);
  if (!partition || !sort || !pk || (list.partition ?? partition) !== partition) {
    throw invalid();
  }
  const position = { partition, sort, pk };
  if (encodeCursor(list, position) !== cursor) throw invalid();
  return position;
}

/** DynamoDB's limits of the fields' lengths in bytes: a cursor with a longer field is forged. */
const MAX_BYTES = [255, 2048, 1024, 2048];

function fieldsOf(cursor: string): string[] {
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
    { cause },
  );
}
