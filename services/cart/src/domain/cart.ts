import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import { type Catalog, type CatalogProduct, requireProduct } from './catalog.ts';
import {
  holdOf,
  type Line,
  lineOf,
  newLine,
  requireWithinLimits,
  withLine,
  withoutShortage,
} from './line.ts';

/** A cart. A deleted one stays for a while, so that its version is not forgotten before its events have arrived. */
export interface Cart {
  /** The public id: it grants no access to a guest's cart. */
  readonly cartId: string;
  readonly userId: string | null;
  /** One that is checked out is an order. */
  readonly status: 'open' | 'checkedOut' | 'merged' | 'deleted';
  readonly currency: string | null;
  readonly lines: readonly Line[];
  readonly version: number;
  /** The cart that this one's lines moved to. */
  readonly mergedInto?: string;
  readonly updatedAt: string;
  /** RFC 3339, UTC; absent for an order, which does not expire. */
  readonly expiresAt?: string;
  /** RFC 3339, UTC. */
  readonly checkedOutAt?: string;
}

export interface CartDecision {
  readonly state: Cart;
  readonly events: readonly NewEvent[];
}

/** The time of a change, and when the cart then expires. */
export interface Moment {
  readonly now: string;
  readonly expiresAt: string;
}

/** The fields of a line event. */
type LineState = Pick<Line, 'productId' | 'priceAtAdd' | 'qty' | 'movedFrom'>;

export function openCart(cartId: string, userId: string | null, { now, expiresAt }: Moment): CartDecision {
  const state: Cart = {
    cartId,
    userId,
    status: 'open',
    currency: null,
    lines: [],
    version: 1,
    updatedAt: now,
    expiresAt,
  };
  return { state, events: [] };
}

/** Adds to the product's line. The price is the catalog's; an existing line keeps the price it was added at. */
export function addItem(cart: Cart, product: CatalogProduct, qty: number, moment: Moment): CartDecision {
  return requestQuantity(cart, product, (lineOf(cart.lines, product.productId)?.qty ?? 0) + qty, moment);
}

/**
 * Sets the quantity of a product's line; 0 removes it. The same quantity again clears a shortage, and requests the hold
 * again if the line is not held. The catalog is consulted only for units that Product does not hold for the line.
 */
export function setQuantity(
  cart: Cart,
  productId: string,
  catalog: Catalog,
  qty: number,
  moment: Moment,
): CartDecision {
  const line = lineOf(cart.lines, productId);
  if (qty === 0) return removeItem(cart, productId, moment);
  requireOpen(cart);
  if (!line || qty > line.qty) return requestQuantity(cart, requireProduct(catalog, productId), qty, moment);
  const hold = holdOf({ ...line, qty }, catalog.entries.get(productId));
  if (hold === 'none') return requestQuantity(cart, requireProduct(catalog, productId), qty, moment);
  if (qty < line.qty) return changeLine(cart, { ...line, qty }, moment);
  if (hold === 'pending') return requestHolds(cart, [line], moment);
  return line.shortage ? keepLine(cart, line, moment) : { state: cart, events: [] };
}

/** Removes a line; a cart without it stays as it is. */
export function removeItem(cart: Cart, productId: string, moment: Moment): CartDecision {
  const line = lineOf(requireOpen(cart).lines, productId);
  return line ? changeLine(cart, { ...line, qty: 0 }, moment) : { state: cart, events: [] };
}

/** Empties the cart and closes it for good. An order cannot be deleted. */
export function deleteCart(cart: Cart, moment: Moment): CartDecision {
  if (cart.status === 'checkedOut') {
    throw new DomainError('conflict', 'cart-closed', 'This cart is checked out. An order cannot be deleted.');
  }
  const version = cart.version + 1;
  const state: Cart = { ...cart, ...touched(moment), status: 'deleted', lines: [], version };
  return { state, events: cart.lines.map((line) => lineEvent(state, { ...line, qty: 0 }, -line.qty)) };
}

/** Requests the holds of these lines of the cart, whose quantities stay as they are, in one event. */
export function requestHolds(cart: Cart, wanted: readonly Line[], moment: Moment): CartDecision {
  if (wanted.length === 0) return { state: cart, events: [] };
  const { cartId, userId } = cart;
  const version = cart.version + 1;
  const requested = (lines: readonly Line[], line: Line) =>
    withLine(lines, { ...line, requestedAt: version });
  const state = { ...cart, ...touched(moment), lines: wanted.reduce(requested, cart.lines), version };
  const items = wanted.map((line) => ({ productId: line.productId, qty: line.qty, ...movesOf(line) }));
  const event = { cartId, userId, items, timestamp: moment.now, cartVersion: version };
  return { state, events: [{ eventType: 'InventoryReservationRequested', ...event }] };
}

/** The sum of the lines at the prices they were added at. */
export function totalOf({ lines }: Pick<Cart, 'lines'>): number {
  return lines.reduce((sum, { qty, priceAtAdd }) => sum + qty * priceAtAdd, 0);
}

/** Requests `qty` units of a product; the catalog must have what Product does not hold for the line already. */
function requestQuantity(cart: Cart, product: CatalogProduct, qty: number, moment: Moment): CartDecision {
  const before = lineOf(requireOpen(cart).lines, product.productId);
  requireWithinLimits(cart, product, qty);
  if (before && qty === before.qty) return requestHolds(cart, [withoutShortage(before)], moment);
  const { productId, name, price, currency } = product;
  const line = { productId, name, qty, priceAtAdd: before?.priceAtAdd ?? price };
  return changeLine({ ...cart, currency }, line, moment);
}

function changeLine(
  cart: Cart,
  { productId, name, qty, priceAtAdd }: Pick<Line, 'productId' | 'name' | 'qty' | 'priceAtAdd'>,
  moment: Moment,
): CartDecision {
  const version = cart.version + 1;
  const before = lineOf(cart.lines, productId);
  const base = before ? withoutShortage(before) : newLine({ productId, name, qty, priceAtAdd }, version);
  const changed: Line = { ...base, name, qty, requestedAt: version };
  const lines = qty === 0 ? cart.lines.filter((other) => other !== before) : withLine(cart.lines, changed);
  const state: Cart = { ...cart, ...touched(moment), lines, version };
  return {
    state: lines.length === 0 ? { ...state, currency: null } : state,
    events: [lineEvent(state, changed, qty - (before?.qty ?? 0))],
  };
}

/** The shopper agrees to the quantity that a rejection left: nothing changes at Product. */
function keepLine(cart: Cart, line: Line, moment: Moment): CartDecision {
  const lines = withLine(cart.lines, withoutShortage(line));
  return { state: { ...cart, ...touched(moment), lines, version: cart.version + 1 }, events: [] };
}

function movesOf({ movedFrom }: Pick<Line, 'movedFrom'>) {
  if (!movedFrom) return {};
  return { movedFrom: movedFrom.map(({ cartId, cartVersion }) => ({ cartId, cartVersion })) };
}

const closedBecause = {
  checkedOut: 'checked out',
  merged: 'merged into another one',
  deleted: 'deleted',
} satisfies Record<Exclude<Cart['status'], 'open'>, string>;

/** The cart; throws a conflict unless it is open. */
export function requireOpen(cart: Cart): Cart {
  if (cart.status === 'open') return cart;
  throw new DomainError(
    'conflict',
    'cart-closed',
    `This cart is ${closedBecause[cart.status]}. Open another one.`,
  );
}

/** The event of a change of a line: `change` units were added or, when negative, removed. `cart` is the state after it. */
export function lineEvent(cart: Cart, line: LineState, change: number) {
  const { cartId, userId, currency, version, updatedAt } = cart;
  const { productId, priceAtAdd, qty: lineQty } = line;
  return {
    ...movesOf(line),
    eventType: change > 0 ? ('ProductAddedToCart' as const) : ('ProductRemovedFromCart' as const),
    cartId,
    userId,
    productId,
    priceAtAdd,
    ...(currency === null ? {} : { currency }),
    qty: Math.abs(change),
    lineQty,
    timestamp: updatedAt,
    cartVersion: version,
  };
}

/** Fields that every change sets: a cart expires some time after the last one. */
export function touched({ now, expiresAt }: Moment) {
  return { updatedAt: now, expiresAt };
}
