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
import { lineEvent, movesOf } from './line-event.ts';

/** A cart. A deleted cart is retained until it expires, so that its version is known until its events are consumed. */
export interface Cart {
  /** The public id: it grants no access to a guest's cart. */
  readonly cartId: string;
  readonly userId: string | null;
  /** A `checkedOut` cart is an order. */
  readonly status: 'open' | 'checkedOut' | 'merged' | 'deleted';
  readonly currency: string | null;
  readonly lines: readonly Line[];
  readonly version: number;
  /** The cart to which the lines moved. */
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

/** The time of a change, and the expiry of the cart after it. */
export interface Times {
  readonly now: string;
  readonly expiresAt: string;
}

/** The version of a cart that was created and not changed since. */
const FIRST_VERSION = 1;

export function openCart(cartId: string, userId: string | null, { now, expiresAt }: Times): CartDecision {
  const state: Cart = {
    cartId,
    userId,
    status: 'open',
    currency: null,
    lines: [],
    version: FIRST_VERSION,
    updatedAt: now,
    expiresAt,
  };
  return { state, events: [] };
}

/** Adds units of a product. A new line has the catalog's price; an existing line keeps its price. */
export function addItem(cart: Cart, product: CatalogProduct, qty: number, times: Times): CartDecision {
  return requestQuantity(cart, product, (lineOf(cart.lines, product.productId)?.qty ?? 0) + qty, times);
}

/**
 * Sets the quantity of a product's line; 0 removes it. The current quantity again clears a shortage, and requests the hold
 * again if the line is not held. The catalog is needed only for units that Product does not hold for the line.
 */
export function setQuantity(
  cart: Cart,
  productId: string,
  catalog: Catalog,
  qty: number,
  times: Times,
): CartDecision {
  const line = lineOf(cart.lines, productId);
  if (qty === 0) return removeItem(cart, productId, times);
  requireOpen(cart);
  if (!line || qty > line.qty) return requestQuantity(cart, requireProduct(catalog, productId), qty, times);
  const hold = holdOf({ ...line, qty }, catalog.entries.get(productId));
  if (hold === 'none') return requestQuantity(cart, requireProduct(catalog, productId), qty, times);
  if (qty < line.qty) return changeLine(cart, { ...line, qty }, times);
  if (hold === 'pending') return requestHolds(cart, [line], times);
  return line.shortage ? clearShortage(cart, line, times) : { state: cart, events: [] };
}

/** Removes a line. A cart without it does not change. */
export function removeItem(cart: Cart, productId: string, times: Times): CartDecision {
  const line = lineOf(requireOpen(cart).lines, productId);
  return line ? changeLine(cart, { ...line, qty: 0 }, times) : { state: cart, events: [] };
}

/** Removes all lines and closes the cart permanently. An order cannot be deleted. */
export function deleteCart(cart: Cart, times: Times): CartDecision {
  if (cart.status === 'checkedOut') {
    throw new DomainError(
      'conflict',
      'cart-closed',
      'This cart is checked out, and an order cannot be deleted. Keep it, or cancel it in the shop.',
    );
  }
  const version = cart.version + 1;
  const state: Cart = { ...cart, ...timestampFields(times), status: 'deleted', lines: [], version };
  return { state, events: cart.lines.map((line) => lineEvent(state, { ...line, qty: 0 }, -line.qty)) };
}

/** Requests the holds of these lines in one event. Their quantities do not change. */
export function requestHolds(cart: Cart, linesToHold: readonly Line[], times: Times): CartDecision {
  if (linesToHold.length === 0) return { state: cart, events: [] };
  const { cartId, userId } = cart;
  const version = cart.version + 1;
  const withRequest = (lines: readonly Line[], line: Line) =>
    withLine(lines, { ...line, requestedAt: version });
  const lines = linesToHold.reduce(withRequest, cart.lines);
  const state = { ...cart, ...timestampFields(times), lines, version };
  const items = linesToHold.map((line) => ({ productId: line.productId, qty: line.qty, ...movesOf(line) }));
  const event = { cartId, userId, items, timestamp: times.now, cartVersion: version };
  return { state, events: [{ eventType: 'InventoryReservationRequested', ...event }] };
}

/** The sum of the lines at their `priceAtAdd`. */
export function totalOf({ lines }: Pick<Cart, 'lines'>): number {
  return lines.reduce((sum, { qty, priceAtAdd }) => sum + qty * priceAtAdd, 0);
}

/** Requests `qty` units of a product. Units that Product does not hold for the line yet must be available in the catalog. */
function requestQuantity(cart: Cart, product: CatalogProduct, qty: number, times: Times): CartDecision {
  const before = lineOf(requireOpen(cart).lines, product.productId);
  requireWithinLimits(cart, product, qty);
  if (before && qty === before.qty) return requestHolds(cart, [withoutShortage(before)], times);
  const { productId, name, price, currency } = product;
  const line = { productId, name, qty, priceAtAdd: before?.priceAtAdd ?? price };
  return changeLine({ ...cart, currency }, line, times);
}

function changeLine(
  cart: Cart,
  { productId, name, qty, priceAtAdd }: Pick<Line, 'productId' | 'name' | 'qty' | 'priceAtAdd'>,
  times: Times,
): CartDecision {
  const version = cart.version + 1;
  const before = lineOf(cart.lines, productId);
  const base = before ? withoutShortage(before) : newLine({ productId, name, qty, priceAtAdd }, version);
  const line: Line = { ...base, name, qty, requestedAt: version };
  const lines = qty === 0 ? cart.lines.filter((existing) => existing !== before) : withLine(cart.lines, line);
  const state: Cart = { ...cart, ...timestampFields(times), lines, version };
  const event = lineEvent(state, line, qty - (before?.qty ?? 0));
  return {
    state: lines.length === 0 ? { ...state, currency: null } : state,
    events: [cart.version === FIRST_VERSION ? { ...event, opensCart: true } : event],
  };
}

/** Clears the shortage: the shopper confirms the quantity that a rejection lowered. Product's hold does not change. */
function clearShortage(cart: Cart, line: Line, times: Times): CartDecision {
  const lines = withLine(cart.lines, withoutShortage(line));
  return { state: { ...cart, ...timestampFields(times), lines, version: cart.version + 1 }, events: [] };
}

const closedReasons = {
  checkedOut: 'checked out',
  merged: 'merged into another one',
  deleted: 'deleted',
} satisfies Record<Exclude<Cart['status'], 'open'>, string>;

/** Returns the cart; throws a conflict unless it is open. */
export function requireOpen(cart: Cart): Cart {
  if (cart.status === 'open') return cart;
  throw new DomainError(
    'conflict',
    'cart-closed',
    `This cart is ${closedReasons[cart.status]}. Open another one.`,
  );
}

/** Fields that every change sets: each change postpones the expiry of the cart. */
export function timestampFields({ now, expiresAt }: Times) {
  return { updatedAt: now, expiresAt };
}
