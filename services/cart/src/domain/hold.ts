import { type Cart, type CartDecision, type Moment, requestHolds, requireOpen, touched } from './cart.ts';
import { type Catalog, type CatalogEntry, live } from './catalog.ts';
import { holdOf, isPending, type Line, withoutShortage } from './line.ts';
import { viewOfLine } from './line-view.ts';

/** Which holds are good enough for a checkout. */
export interface HoldTerms {
  /** RFC 3339, UTC: a hold that expires before is renewed first, lest it expires while the checkout is on its way to Product. */
  readonly renewBefore?: string;
  /** Products whose response this checkout has waited for: a hold confirmed meanwhile is good, however short it is. */
  readonly awaited?: ReadonlySet<string>;
}

/**
 * Renews the hold of each line and requests one for lines without, except those of deleted products: the shopper
 * agrees to the quantities as they are. An empty cart lives longer too.
 */
export function renewHolds(cart: Cart, { entries }: Catalog, moment: Moment): CartDecision {
  const isDeleted = ({ productId }: Line) => {
    const entry = entries.get(productId);
    return entry !== undefined && live(entry) === undefined;
  };
  const wanted = requireOpen(cart).lines.filter((line) => !isDeleted(line));
  if (wanted.length > 0) return requestHolds(cart, wanted.map(withoutShortage), moment);
  return { state: { ...cart, ...touched(moment), version: cart.version + 1 }, events: [] };
}

/** Whether the line can be checked out as far as its hold goes. */
export function isHeldFor(line: Line, entry: CatalogEntry | undefined, terms: HoldTerms): boolean {
  const { renewBefore, awaited } = terms;
  if (holdOf(line, entry) !== 'held') return false;
  if (awaited?.has(line.productId) && !isPending(line)) return true;
  return renewBefore === undefined || line.heldUntil === undefined || line.heldUntil > renewBefore;
}

/**
 * Requests, for a checkout, the holds that are missing or about to expire, that are not requested yet and that the
 * catalog has units for.
 */
export function requestMissingHolds(
  cart: Cart,
  catalog: Catalog,
  terms: HoldTerms,
  moment: Moment,
): CartDecision {
  const isMissing = (line: Line) =>
    !isPending(line) &&
    !isHeldFor(line, catalog.entries.get(line.productId), terms) &&
    viewOfLine(line, cart.currency, catalog).availability === 'available';
  return requestHolds(cart, cart.status === 'open' ? cart.lines.filter(isMissing) : [], moment);
}

/** Requests again what Product has not responded to: the request or the response may be lost. */
export function requestPendingHolds(cart: Cart, moment: Moment): CartDecision {
  return requestHolds(cart, cart.status === 'open' ? cart.lines.filter(isPending) : [], moment);
}

/** The products whose requests Product has not responded to. */
export function awaitedProducts({ lines }: Pick<Cart, 'lines'>): ReadonlySet<string> {
  return new Set(lines.filter(isPending).map(({ productId }) => productId));
}

/** Whether a response of Product may yet make the cart ready for a checkout. */
export function isAwaitingHolds({ status, lines }: Cart, terms: HoldTerms): boolean {
  return status === 'open' && lines.some((line) => isPending(line) && !isHeldFor(line, undefined, terms));
}
