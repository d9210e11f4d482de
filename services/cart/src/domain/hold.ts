import {
  type Cart,
  type CartDecision,
  type Times,
  requestHolds,
  requireOpen,
  timestampFields,
} from './cart.ts';
import { type Catalog, type CatalogEntry, live } from './catalog.ts';
import { holdOf, isPending, type Line, withoutShortage } from './line.ts';
import { viewOfLine } from './line-view.ts';

/** Requirements of a checkout for holds. */
export interface HoldRequirements {
  /** RFC 3339, UTC. A hold that expires earlier is renewed first, as it might expire before Product consumes the checkout. */
  readonly renewBefore?: string;
  /** Products whose response this checkout has waited for: their new hold is accepted however short it is. */
  readonly awaitedProductIds?: ReadonlySet<string>;
}

/**
 * Renews the hold of each line, and requests one for lines without, except lines of deleted products. Clears shortages:
 * the shopper confirms the quantities. Postpones the expiry of the cart. An empty cart does not change.
 */
export function renewHolds(cart: Cart, { entries }: Catalog, times: Times): CartDecision {
  const isDeleted = ({ productId }: Line) => {
    const entry = entries.get(productId);
    return entry !== undefined && live(entry) === undefined;
  };
  const lines = requireOpen(cart).lines.filter((line) => !isDeleted(line));
  if (cart.lines.length === 0) return { state: cart, events: [] };
  if (lines.length > 0) return requestHolds(cart, lines.map(withoutShortage), times);
  return { state: { ...cart, ...timestampFields(times), version: cart.version + 1 }, events: [] };
}

/** Whether the hold of a line meets the requirements of a checkout. */
export function isHeldFor(
  line: Line,
  entry: CatalogEntry | undefined,
  requirements: HoldRequirements,
): boolean {
  const { renewBefore, awaitedProductIds } = requirements;
  if (holdOf(line, entry) !== 'held') return false;
  if (awaitedProductIds?.has(line.productId) && !isPending(line)) return true;
  return renewBefore === undefined || line.heldUntil === undefined || line.heldUntil > renewBefore;
}

/**
 * Requests holds for a checkout: for available lines whose hold is missing or about to expire, and not requested yet.
 */
export function requestMissingHolds(
  cart: Cart,
  catalog: Catalog,
  requirements: HoldRequirements,
  times: Times,
): CartDecision {
  const isMissing = (line: Line) =>
    !isPending(line) &&
    !isHeldFor(line, catalog.entries.get(line.productId), requirements) &&
    viewOfLine(line, cart.currency, catalog).availability === 'available';
  return requestHolds(cart, cart.status === 'open' ? cart.lines.filter(isMissing) : [], times);
}

/** Requests pending holds again: the request or its response may be lost. */
export function requestPendingHolds(cart: Cart, times: Times): CartDecision {
  return requestHolds(cart, cart.status === 'open' ? cart.lines.filter(isPending) : [], times);
}

/** The products with pending holds. */
export function pendingProductIds({ lines }: Pick<Cart, 'lines'>): ReadonlySet<string> {
  return new Set(lines.filter(isPending).map(({ productId }) => productId));
}

/** Whether a pending response may make the cart ready for a checkout. */
export function isAwaitingHolds(
  { status, lines }: Cart,
  { entries }: Catalog,
  requirements: HoldRequirements,
): boolean {
  const isAwaited = (line: Line) =>
    isPending(line) && !isHeldFor(line, entries.get(line.productId), requirements);
  return status === 'open' && lines.some(isAwaited);
}
