import { DomainError } from '@tandem/chassis/errors';
import type { Table } from '@tandem/storage/table';
import type { Cart } from '../domain/cart.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { BY_USER, carts, catalogKey, openCartsOf, ordersOf } from '../store/entity-types.ts';
import { type Decisions, productsOf } from './decisions.ts';
import type { CartPage, CartQuery } from './types.ts';

/**
 * Largest number of open carts in a user's list: those that changed last, by the day. A shopper has one or a few; further
 * ones are accessible by id only.
 */
const MAX_OPEN_CARTS = 500;

/** Largest number of lines in a page, unless its first cart has more: bounds the catalog entries that are read, and the response. */
const MAX_LINES_PER_PAGE = 200;

/** Position of a cart in the list of open carts. */
type Position = Pick<Cart, 'updatedAt' | 'cartId'>;

/**
 * Lists a user's carts. The index has orders in the order of their checkout. Open carts are all read and then sorted: the
 * index has them by the day of their last change, since one in the order of their changes would be rewritten with each.
 */
export function createLists(table: Table, { catalogOf }: Pick<Decisions, 'catalogOf'>) {
  const viewsOf = async (items: readonly Cart[]): Promise<CartView[]> => {
    const entries = await table.getMany([...new Set(items.flatMap(productsOf))].map(catalogKey));
    const catalog = catalogOf(entries);
    return items.map((cart) => viewOf(cart as VisibleCart, catalog));
  };

  const pageOfOrders = async (userId: string, limit: number, cursor?: string): Promise<CartPage> => {
    const orders = { index: BY_USER, partition: ordersOf(userId), order: 'descending' as const };
    const page = await table.query(carts, { ...orders, limit, ...(cursor && { cursor }) });
    const { length } = withinLineLimit(page.items);
    // The cursor of a shorter page is known by reading it.
    if (length < page.items.length) return pageOfOrders(userId, length, cursor);
    const items = await viewsOf(page.items);
    return { items, ...(page.cursor && { cursor: page.cursor }), cartsRead: length };
  };

  return async (userId: string, { status = 'open', limit, cursor }: CartQuery): Promise<CartPage> => {
    if (status === 'checkedOut') return pageOfOrders(userId, limit, cursor);
    const after = cursor ? decodeCursor(cursor) : undefined;
    const open = { index: BY_USER, partition: openCartsOf(userId), order: 'descending' as const };
    const query = { ...open, limit: MAX_OPEN_CARTS };
    const { items } = await table.query(carts, query);
    const remaining = items
      .toSorted(byNewestChange)
      .filter((cart) => !after || byNewestChange(cart, after) > 0);
    const page = withinLineLimit(remaining.slice(0, limit));
    const last = page.at(-1);
    const next = last && remaining.length > page.length ? { cursor: encodeCursor(last) } : {};
    return { items: await viewsOf(page), ...next, cartsRead: items.length };
  };
}

/** The first carts that together have at most the largest number of lines of a page, at least one. */
function withinLineLimit(items: readonly Cart[]): readonly Cart[] {
  let lines = 0;
  const end = items.findIndex((cart, i) => (lines += cart.lines.length) > MAX_LINES_PER_PAGE && i > 0);
  return end === -1 ? items : items.slice(0, end);
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
