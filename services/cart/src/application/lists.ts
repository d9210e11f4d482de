import { DomainError } from '@tandem/chassis/errors';
import type { Page, Table } from '@tandem/storage/table';
import type { Cart } from '../domain/cart.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { BY_USER, carts, catalogKey, openCartsOf, ordersOf } from '../store/entity-types.ts';
import { type Decisions, productsOf } from './decisions.ts';
import type { CartQuery } from './types.ts';

/** Largest number of open carts in a user's list. A shopper has one or a few; further ones are accessible by id only. */
const MAX_OPEN_CARTS = 500;

/** Position of a cart in the list of open carts. */
type Position = Pick<Cart, 'updatedAt' | 'cartId'>;

/**
 * Lists a user's carts. The index has orders in the order of their checkout. Open carts are all read and then sorted: an
 * index in the order of their changes would have to be rewritten with each change.
 */
export function createLists(table: Table, { catalogOf }: Pick<Decisions, 'catalogOf'>) {
  const pageOf = async (items: readonly Cart[], cursor: string | undefined): Promise<Page<CartView>> => {
    const entries = await table.getMany([...new Set(items.flatMap(productsOf))].map(catalogKey));
    const catalog = catalogOf(entries);
    const views = items.map((cart) => viewOf(cart as VisibleCart, catalog));
    return { items: views, ...(cursor === undefined ? {} : { cursor }) };
  };

  return async (userId: string, { status = 'open', limit, cursor }: CartQuery): Promise<Page<CartView>> => {
    if (status === 'checkedOut') {
      const orders = { index: BY_USER, partition: ordersOf(userId), order: 'descending' as const };
      const page = await table.query(carts, { ...orders, limit, ...(cursor && { cursor }) });
      return pageOf(page.items, page.cursor);
    }
    const after = cursor ? decodeCursor(cursor) : undefined;
    const query = { index: BY_USER, partition: openCartsOf(userId), limit: MAX_OPEN_CARTS };
    const { items } = await table.query(carts, query);
    const remaining = items
      .toSorted(byNewestChange)
      .filter((cart) => !after || byNewestChange(cart, after) > 0);
    const page = remaining.slice(0, limit);
    const last = page.at(-1);
    return pageOf(page, last && remaining.length > limit ? encodeCursor(last) : undefined);
  };
}

function byNewestChange(a: Position, b: Position): number {
  return compare(b.updatedAt, a.updatedAt) || compare(a.cartId, b.cartId);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function encodeCursor({ updatedAt, cartId }: Position): string {
  return Buffer.from(JSON.stringify([updatedAt, cartId])).toString('base64url');
}

function decodeCursor(cursor: string): Position {
  const fields = parse(Buffer.from(cursor, 'base64url').toString());
  const [updatedAt, cartId] = Array.isArray(fields) ? (fields as readonly unknown[]) : [];
  if (
    typeof updatedAt === 'string' &&
    typeof cartId === 'string' &&
    encodeCursor({ updatedAt, cartId }) === cursor
  )
    return { updatedAt, cartId };
  throw new DomainError(
    'invalid',
    'invalid-cursor',
    'The cursor is not from this list. Start again without one.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
