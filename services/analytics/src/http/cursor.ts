import { DomainError } from '@tandem/chassis/errors';
import type { Position, ProductList } from '../application/products.ts';

/** Encodes an opaque cursor, which continues a list after a position. */
export function encodeCursor({ sort, from, to }: ProductList, { value, productId }: Position): string {
  return Buffer.from(JSON.stringify([sort, from, to, value, productId])).toString('base64url');
}

/** Decodes a cursor of this list. Throws a DomainError of kind `invalid` for any other text. */
export function decodeCursor(cursor: string, list: ProductList): Position {
  const position = positionOf(cursor);
  if (position && encodeCursor(list, position) === cursor) return position;
  throw new DomainError(
    'invalid',
    'invalid-cursor',
    'The cursor is not from this list. Start again without one.',
  );
}

function positionOf(cursor: string): Position | undefined {
  try {
    const fields: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(fields)) return undefined;
    const [, , , value, productId] = fields as unknown[];
    const isPosition = Number.isSafeInteger(value) && typeof productId === 'string';
    return isPosition ? { value: value as number, productId } : undefined;
  } catch {
    return undefined;
  }
}
