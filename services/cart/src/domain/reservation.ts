import type { TandemEvent } from '@tandem/contracts/events';
import type { Cart, CartDecision } from './cart.ts';
import { lineEvent } from './line-event.ts';
import { type Line, lineOf, withLine, withoutShortage } from './line.ts';

/** Product's response to a hold request of a cart. */
export interface HoldResponse {
  readonly outcome: 'confirmed' | 'rejected' | 'expired';
  readonly cartId: string;
  readonly productId: string;
  /** The cart's version at the request. */
  readonly cartVersion: number;
  /** Counts the changes of the reservation; foreign producers may omit it. */
  readonly revision?: number | undefined;
  readonly productVersion?: number | undefined;
  /** Units that Product holds for the cart after the decision. */
  readonly heldQty: number;
  readonly heldUntil?: string | undefined;
  /** The largest possible quantity of the line; set for a rejection. */
  readonly availableQty?: number;
  /** The product's stock after the decision, if the response has it. */
  readonly stock?: Line['stock'];
}

/** The reservation responses in an event. */
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
      const hold = { heldQty: keptQty, heldUntil, availableQty };
      return [{ outcome: 'rejected', ...orderOf(event), ...hold, ...stock }];
    }
    case 'ProductUpdated': {
      const { productId, version, inventory, reserved = [] } = event;
      const stock = { version, inventory };
      return reserved.map(({ qty: heldQty, ...fields }) => ({
        outcome: 'confirmed',
        productId,
        ...fields,
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

/** Applies responses to a cart, one after the other. */
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
 * Applies a response to its line, unless a newer one was applied: updates the held units. If Product rejected the newest
 * request but still holds some units, the quantity is lowered to them. A response does not postpone the cart's expiry.
 */
export function applyResponse(cart: Cart, response: HoldResponse, now: string): CartDecision {
  const line = lineOf(cart.lines, response.productId);
  if (cart.status !== 'open' || !line || response.cartVersion > cart.version || !isNewer(line, response)) {
    return { state: cart, events: [] };
  }
  const version = cart.version + 1;
  const updatedLine = withResponse(line, response);
  const { heldQty, qty } = updatedLine;
  const lowersQuantity =
    response.outcome === 'rejected' && isCurrent(line, response) && heldQty > 0 && heldQty < qty;
  if (!lowersQuantity)
    return { state: { ...cart, lines: withLine(cart.lines, updatedLine), version }, events: [] };
  const { availableQty = heldQty, productVersion } = response;
  const shortage = { availableQty, ...(productVersion === undefined ? {} : { productVersion }) };
  const loweredLine: Line = { ...updatedLine, qty: heldQty, requestedAt: version, shortage };
  const state: Cart = { ...cart, lines: withLine(cart.lines, loweredLine), version, updatedAt: now };
  return { state, events: [lineEvent(state, loweredLine, heldQty - qty)] };
}

/** Whether the response is to the newest request of the line, or to a later version of the cart. */
function isCurrent({ requestedAt }: Line, { cartVersion }: HoldResponse): boolean {
  return cartVersion >= requestedAt;
}

/**
 * Whether a response is newer than the last applied one: by the cart's version, then by the revision of the reservation,
 * never by timestamps. A response without a revision is applied if it is to the newest request.
 */
function isNewer(line: Line, response: HoldResponse): boolean {
  const { cartVersion, revision } = line.response;
  if (response.cartVersion < cartVersion) return false;
  if (response.revision === undefined) {
    const isDuplicate = response.cartVersion === cartVersion && response.heldQty === line.heldQty;
    return isCurrent(line, response) && !isDuplicate;
  }
  if (response.cartVersion > cartVersion) return true;
  return revision === undefined ? isCurrent(line, response) : response.revision > revision;
}

function withResponse(line: Line, response: HoldResponse): Line {
  const { outcome } = response;
  // Without a hold, the shortage is determined by the catalog again.
  const current = outcome === 'expired' ? withoutShortage(line) : line;
  const { heldUntil: previousEnd, holdVersion: _, movedFrom = [], ...rest } = current;
  const { cartVersion, revision, productVersion, heldQty, stock = line.stock } = response;
  // A rejection does not change the hold: without `heldUntil`, the hold keeps its expiry.
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
