import type { TandemEvent } from '@tandem/contracts/events';
import { type Cart, type CartDecision, lineEvent } from './cart.ts';
import { type Line, lineOf, withLine, withoutShortage } from './line.ts';

/** Product's response to a request of a cart. */
export interface HoldResponse {
  readonly outcome: 'confirmed' | 'rejected' | 'expired';
  readonly cartId: string;
  readonly productId: string;
  /** The cart's version at the request. */
  readonly cartVersion: number;
  /** Counts the changes of the reservation; absent from other producers. */
  readonly revision?: number | undefined;
  readonly productVersion?: number | undefined;
  /** Units that the cart holds after it. */
  readonly heldQty: number;
  readonly heldUntil?: string | undefined;
  /** The largest quantity that the cart could have; of a rejection. */
  readonly availableQty?: number;
  /** The product's stock after it, where the response carries it. */
  readonly stock?: Line['stock'];
}

/** The responses to carts that an event carries. */
export function responsesOf(event: TandemEvent): readonly HoldResponse[] {
  switch (event.eventType) {
    case 'InventoryReserved':
      return [{ outcome: 'confirmed', ...orderOf(event), heldQty: event.qty, heldUntil: event.heldUntil }];
    case 'InventoryReservationExpired':
      return [{ outcome: 'expired', ...orderOf(event), heldQty: 0 }];
    case 'InventoryReservationRejected': {
      const { availableQty, keptQty = 0, productVersion, heldUntil } = event;
      const inventory = Math.max(0, availableQty - keptQty);
      const stock = productVersion === undefined ? {} : { stock: { version: productVersion, inventory } };
      const kept = { heldQty: keptQty, heldUntil, availableQty };
      return [{ outcome: 'rejected', ...orderOf(event), ...kept, ...stock }];
    }
    case 'ProductUpdated': {
      const { productId, version, inventory, reserved = [] } = event;
      const stock = { version, inventory };
      return reserved.map(({ qty: heldQty, ...confirmed }) => ({
        outcome: 'confirmed',
        productId,
        ...confirmed,
        productVersion: version,
        heldQty,
        stock,
      }));
    }
    default:
      return [];
  }
}

function orderOf({
  cartId,
  productId,
  cartVersion,
  revision,
  productVersion,
}: Pick<HoldResponse, 'cartId' | 'productId' | 'cartVersion' | 'revision' | 'productVersion'>) {
  return { cartId, productId, cartVersion, revision, productVersion };
}

/** Applies several responses to one cart. */
export function applyResponses(cart: Cart, responses: readonly HoldResponse[], now: string): CartDecision {
  return responses.reduce<CartDecision>(
    ({ state, events }, response) => {
      const next = applyResponse(state, response, now);
      return { state: next.state, events: [...events, ...next.events] };
    },
    { state: cart, events: [] },
  );
}

/**
 * Records what Product holds for a line, unless a newer response is known. When it rejected the newest request and
 * holds some units still, the quantity returns to them. A response does not extend the life of a cart.
 */
export function applyResponse(cart: Cart, response: HoldResponse, now: string): CartDecision {
  const line = lineOf(cart.lines, response.productId);
  if (cart.status !== 'open' || !line || response.cartVersion > cart.version || !isNews(line, response)) {
    return { state: cart, events: [] };
  }
  const version = cart.version + 1;
  const known = withResponse(line, response);
  const { heldQty, qty } = known;
  const isReduced =
    response.outcome === 'rejected' && isCurrent(line, response) && heldQty > 0 && heldQty < qty;
  if (!isReduced) return { state: { ...cart, lines: withLine(cart.lines, known), version }, events: [] };
  const { availableQty = heldQty, productVersion } = response;
  const shortage = { availableQty, ...(productVersion === undefined ? {} : { productVersion }) };
  const reduced: Line = { ...known, qty: heldQty, requestedAt: version, shortage };
  const state: Cart = { ...cart, lines: withLine(cart.lines, reduced), version, updatedAt: now };
  return { state, events: [lineEvent(state, reduced, heldQty - qty)] };
}

/** Whether the response is to the newest request of the line, or to a later version of the cart. */
function isCurrent({ requestedAt }: Line, { cartVersion }: HoldResponse): boolean {
  return cartVersion >= requestedAt;
}

/**
 * Whether the response is newer than the newest one that was applied: by the cart's version, then by the revision of the
 * reservation, never by clocks. One without a revision counts if it is to the newest request.
 */
function isNews(line: Line, response: HoldResponse): boolean {
  const { cartVersion, revision } = line.response;
  if (response.cartVersion < cartVersion) return false;
  if (response.revision === undefined) {
    const isKnown = response.cartVersion === cartVersion && response.heldQty === line.heldQty;
    return isCurrent(line, response) && !isKnown;
  }
  if (response.cartVersion > cartVersion) return true;
  return revision === undefined ? isCurrent(line, response) : response.revision > revision;
}

function withResponse(line: Line, response: HoldResponse): Line {
  const { outcome } = response;
  // A line whose hold expired follows the catalog.
  const current = outcome === 'expired' ? withoutShortage(line) : line;
  const { heldUntil: previousEnd, holdVersion: _, movedFrom = [], ...rest } = current;
  const { cartVersion, revision, productVersion, heldQty, stock = line.stock } = response;
  // A rejection changes no hold: if it does not say when the hold expires, that has not changed either.
  const heldUntil = response.heldUntil ?? (outcome === 'rejected' ? previousEnd : undefined);
  const pendingMoves = movedFrom.filter(({ mergedAt }) => mergedAt > cartVersion);
  return {
    ...rest,
    heldQty,
    ...(heldQty > 0 && heldUntil !== undefined ? { heldUntil } : {}),
    ...(heldQty > 0 && productVersion !== undefined ? { holdVersion: productVersion } : {}),
    response: { cartVersion, ...(revision === undefined ? {} : { revision }) },
    ...(stock === undefined ? {} : { stock }),
    ...(pendingMoves.length === 0 ? {} : { movedFrom: pendingMoves }),
  };
}
