import { DomainError } from '@tandem/chassis/errors';
import type { Page, Table } from '@tandem/storage/table';
import type { Cart } from '../domain/cart.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { BY_USER, carts, catalogKey, openCartsOf, ordersOf } from '../store/entity-types.ts';
import { type Decisions, productsOf } from './decisions.ts';
import type { CartQuery } from './types.ts';

/** How many open carts of a user are listed. A shopper has one or a few; the rest of more is reachable by id only. */
const MAX_OPEN_CARTS = 500;

/** The place of a cart in the list of open carts. */
type Place = Pick<Cart, 'updatedAt' | 'cartId'>;

/**
 * Lists a user's carts. Orders are in the index in the order of their checkout. Open carts change places with each
 * write, so that an index in that order would be rewritten by each: they are read all, and sorted here.
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
    const after = cursor ? placeOf(cursor) : undefined;
    const open = { index: BY_USER, partition: openCartsOf(userId), limit: MAX_OPEN_CARTS };
    const { items } = await table.query(carts, open);
    const behind = items.toSorted(byNewestChange).filter((cart) => !after || byNewestChange(cart, after) > 0);
    const page = behind.slice(0, limit);
    const last = page.at(-1);
    return pageOf(page, last && behind.length > limit ? cursorOf(last) : undefined);
  };
}

function byNewestChange(a: Place, b: Place): number {
  return compare(b.updatedAt, a.updatedAt) || compare(a.cartId, b.cartId);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function cursorOf({ updatedAt, cartId }: Place): string {
  return Buffer.from(JSON.stringify([updatedAt, cartId])).toString('base64url');
}

function placeOf(cursor: string): Place {
  const place = parse(Buffer.from(cursor, 'base64url').toString());
  const [updatedAt, cartId] = Array.isArray(place) ? (place as readonly unknown[]) : [];
  if (
    typeof updatedAt === 'string' &&
    typeof cartId === 'string' &&
    cursorOf({ updatedAt, cartId }) === cursor
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
