import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import type { CatalogProduct } from './catalog.ts';
import { type Line, lineOf, requireCurrency, requireRoom, withLine } from './line.ts';

/** A cart. A deleted one stays for a while, so that its version is not forgotten before its events have arrived. */
export interface Cart {
  readonly cartId: string;
  readonly userId: string | null;
  readonly status: 'open' | 'checkedOut' | 'merged' | 'deleted';
  readonly currency: string | null;
  readonly lines: readonly Line[];
  readonly version: number;
  /** The cart that this one's lines went to. */
  readonly mergedInto?: string;
  readonly updatedAt: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
}

export interface CartDecision {
  readonly state: Cart;
  readonly events: readonly NewEvent[];
}

/** When a change happens, and when the cart then expires. */
export interface Moment {
  readonly now: string;
  readonly expiresAt: string;
}

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

/** Adds to the product's line. The price is the catalog's; a line that is there keeps the price it was added at. */
export function addItem(cart: Cart, product: CatalogProduct, qty: number, moment: Moment): CartDecision {
  return claim(cart, product, (lineOf(cart.lines, product.productId)?.qty ?? 0) + qty, moment);
}

/**
 * Sets the quantity of a product's line; 0 removes it. `product` gives the catalog's product or throws why there is
 * none: it is asked only where stock is needed that the line does not hold.
 */
export function setQuantity(
  cart: Cart,
  productId: string,
  product: () => CatalogProduct,
  qty: number,
  moment: Moment,
): CartDecision {
  const line = lineOf(cart.lines, productId);
  if (qty === 0) return removeItem(cart, productId, moment);
  const open = requireOpen(cart);
  if (line && qty < line.qty && !line.rejected) return changeLine(open, { ...line, qty }, moment);
  if (line && qty === line.qty && !line.rejected) return { state: open, events: [] };
  return claim(open, product(), qty, moment);
}

/** Takes the catalog's price, and its currency where the line is the only one, for the line's own. */
export function acceptPrice(
  cart: Cart,
  productId: string,
  product: () => CatalogProduct,
  moment: Moment,
): CartDecision {
  const line = lineOf(requireOpen(cart).lines, productId);
  if (!line) throw new DomainError('notFound', 'line-not-found', `the cart has no line of ${productId}`);
  const offered = product();
  const { price, currency } = offered;
  if (cart.lines.length > 1) requireCurrency(cart, offered);
  if (price === line.priceAtAdd && currency === cart.currency) return { state: cart, events: [] };
  const lines = withLine(cart.lines, { ...line, priceAtAdd: price });
  return { state: { ...cart, ...touched(moment), currency, lines, version: cart.version + 1 }, events: [] };
}

/** Removes a line; a cart without it stays as it is. */
export function removeItem(cart: Cart, productId: string, moment: Moment): CartDecision {
  const line = lineOf(cart.lines, productId);
  return line
    ? changeLine(requireOpen(cart), { ...line, qty: 0 }, moment)
    : { state: requireOpen(cart), events: [] };
}

/** Empties the cart and closes it for good. What was checked out stays: it is an order. */
export function deleteCart(cart: Cart, moment: Moment): CartDecision {
  if (cart.status === 'checkedOut') requireOpen(cart);
  const version = cart.version + 1;
  const state: Cart = { ...cart, ...touched(moment), status: 'deleted', lines: [], version };
  return { state, events: cart.lines.map((line) => lineEvent(state, { ...line, qty: 0 }, -line.qty)) };
}

/** The sum of the lines at the prices they were added at. */
export function totalOf({ lines }: Pick<Cart, 'lines'>): number {
  return lines.reduce((sum, { qty, priceAtAdd }) => sum + qty * priceAtAdd, 0);
}

/** Asks for `qty` units of a product, all of which the line holds unless Product rejects them later. */
function claim(cart: Cart, product: CatalogProduct, qty: number, moment: Moment): CartDecision {
  const before = lineOf(requireOpen(cart).lines, product.productId);
  requireRoom(cart, product, qty);
  const { productId, name, price, currency } = product;
  const line = { productId, name, qty, priceAtAdd: before?.priceAtAdd ?? price };
  return changeLine({ ...cart, currency }, line, moment);
}

function changeLine(
  cart: Cart,
  line: Pick<Line, 'productId' | 'name' | 'qty' | 'priceAtAdd'>,
  moment: Moment,
): CartDecision {
  const { productId, name, qty, priceAtAdd } = line;
  const version = cart.version + 1;
  const before = lineOf(cart.lines, productId);
  const changed: Line = { productId, name, qty, priceAtAdd, changedAt: version, ...movesTo(before) };
  const lines = qty === 0 ? cart.lines.filter((other) => other !== before) : withLine(cart.lines, changed);
  const state: Cart = { ...cart, ...touched(moment), lines, version };
  const change = qty - (before?.qty ?? 0);
  // A rejected line that asks again for what it was refused has changed by all of it: it held nothing.
  return {
    state: lines.length === 0 ? { ...state, currency: null } : state,
    events: [lineEvent(state, changed, change === 0 ? qty : change)],
  };
}

function movesTo(line: Pick<Line, 'movedFrom'> | undefined) {
  return line?.movedFrom ? { movedFrom: [...line.movedFrom] } : {};
}

/** The cart; throws a conflict unless it is open. */
export function requireOpen(cart: Cart): Cart {
  if (cart.status === 'open') return cart;
  throw new DomainError('conflict', 'cart-closed', `cart ${cart.cartId} is ${cart.status}: open another one`);
}

/** What happened to a line: `change` units were added or, when negative, removed. `cart` is as it stands then. */
export function lineEvent(
  cart: Cart,
  line: Pick<Line, 'productId' | 'priceAtAdd' | 'qty' | 'movedFrom'>,
  change: number,
) {
  const { cartId, userId, currency, version, updatedAt } = cart;
  const { productId, priceAtAdd, qty: lineQty } = line;
  return {
    ...movesTo(line),
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

/** What every change sets: a cart expires some time after the last one. */
export function touched({ now, expiresAt }: Moment) {
  return { updatedAt: now, expiresAt };
}
