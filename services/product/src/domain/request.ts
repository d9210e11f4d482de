import type { EventOf, TandemEvent } from '@tandem/contracts/events';

/** A cart's request for a product's stock: to hold `qty` units in total, or to sell them. */
export interface StockRequest {
  readonly kind: 'hold' | 'sell';
  readonly productId: string;
  readonly cartId: string;
  /** The cart's version at its event, which orders the requests of a cart. */
  readonly cartVersion: number;
  readonly qty: number;
  readonly holder: 'guest' | 'user';
  /** Time of the event, RFC 3339. */
  readonly timestamp: string;
  /** Carts whose units move to this one. They are released in the same decision, so that no other cart can reserve them. */
  readonly movedFrom: readonly { readonly cartId: string; readonly cartVersion: number }[];
}

/** The stock requests of an event; none for an event that does not concern stock. */
export function requestsOf(event: TandemEvent): StockRequest[] {
  switch (event.eventType) {
    case 'ProductAddedToCart':
      return [hold(event, { ...event, qty: event.lineQty ?? event.qty })];
    case 'ProductRemovedFromCart':
      // The event of the target cart moves the hold of a line that moved.
      return event.movedTo ? [] : [hold(event, { ...event, qty: event.lineQty ?? 0 })];
    case 'InventoryReservationRequested':
      return event.items.map((item) => hold(event, item));
    case 'CartExpired':
      return event.items.map(({ productId }) => hold(event, { productId, qty: 0 }));
    case 'CartCheckedOut':
      return soldLines(event.items).map((item) => ({ ...hold(event, item), kind: 'sell' as const }));
    default:
      return [];
  }
}

type CartEvent = Pick<EventOf<'CartExpired'>, 'cartId' | 'userId' | 'cartVersion' | 'timestamp'>;
type RequestedLine = Pick<StockRequest, 'productId' | 'qty'> & {
  readonly movedFrom?: StockRequest['movedFrom'] | undefined;
};

function hold(event: CartEvent, { productId, qty, movedFrom = [] }: RequestedLine): StockRequest {
  const { cartId, userId, cartVersion, timestamp } = event;
  const holder = userId === null ? 'guest' : 'user';
  return { kind: 'hold', productId, cartId, cartVersion, qty, holder, timestamp, movedFrom };
}

/** The lines of a sale. Quantities of a product that occurs twice add up. */
function soldLines(items: EventOf<'CartCheckedOut'>['items']): RequestedLine[] {
  const sums = new Map<string, number>();
  for (const { productId, qty } of items) sums.set(productId, (sums.get(productId) ?? 0) + qty);
  return [...sums].map(([productId, qty]) => ({ productId, qty }));
}

/**
 * Sorts requests for one product so that released units can be reserved in the same batch: the requests of a cart by its
 * versions, a cart's requests before those that move its units away, and otherwise releases first.
 */
export function sortRequests<R extends StockRequest>(requests: readonly R[]): R[] {
  const pending = new Set(requests);
  const sorted: R[] = [];
  const byCart = Map.groupBy(
    requests.toSorted((a, b) => a.cartVersion - b.cartVersion),
    ({ cartId }) => cartId,
  );
  const append = (request: R): void => {
    if (!pending.delete(request)) return;
    appendBefore(request.cartId, request.cartVersion);
    for (const { cartId, cartVersion } of request.movedFrom) appendBefore(cartId, cartVersion);
    sorted.push(request);
  };
  const appendBefore = (cartId: string, cartVersion: number): void => {
    for (const earlier of byCart.get(cartId) ?? []) if (earlier.cartVersion < cartVersion) append(earlier);
  };
  requests.filter(({ qty }) => qty === 0).forEach(append);
  requests.forEach(append);
  return sorted;
}

/** The ids of the carts whose reservations a request reads and writes. */
export function cartsOf({ cartId, movedFrom }: StockRequest): string[] {
  return [cartId, ...movedFrom.map((source) => source.cartId)];
}
