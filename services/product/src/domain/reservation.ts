import type { EventOf, NewEvent, TandemEvent } from '@tandem/contracts/events';
import { changed, live, type StoredProduct } from './product.ts';

/** What one cart holds of one product, as of the newest of the cart's changes that was seen. */
export interface Reservation {
  readonly productId: string;
  readonly cartId: string;
  /** The cart's version at that change: an older change says nothing any more. */
  readonly version: number;
  readonly held: number;
  /** When the change was applied. */
  readonly updatedAt: string;
}

/** What a cart's change asks of a product's stock: hold this much from now on, or hand over this much for good. */
export interface StockClaim {
  readonly kind: 'hold' | 'consume';
  readonly productId: string;
  readonly cartId: string;
  readonly cartVersion: number;
  readonly qty: number;
  /** The cart that takes the units over, by a claim of the same event. */
  readonly movedTo?: string;
}

/**
 * The claims of a cart's event; none for other events. Units that move from cart to cart do so by the one event of the
 * cart that takes them: released by an event of its own, they could be somebody else's before they arrive.
 */
export function claimsOf(event: TandemEvent): StockClaim[] {
  switch (event.eventType) {
    case 'ProductAddedToCart':
      return [...released(event), hold(event, event.lineQty ?? event.qty)];
    case 'ProductRemovedFromCart':
      return event.movedTo ? [] : [...released(event), hold(event, event.lineQty ?? 0)];
    case 'CartExpired':
      return event.items.map(({ productId }) => hold({ ...event, productId }, 0));
    case 'CartCheckedOut':
      return event.items.map((item) => ({ ...hold({ ...event, ...item }, item.qty), kind: 'consume' }));
    default:
      return [];
  }
}

function released({
  cartId,
  productId,
  movedFrom = [],
}: EventOf<'ProductAddedToCart' | 'ProductRemovedFromCart'>): StockClaim[] {
  return movedFrom.map((source) => ({ ...hold({ ...source, productId }, 0), movedTo: cartId }));
}

/** A claim to hold that was granted, as an event tells it. */
type Grant = NonNullable<EventOf<'ProductUpdated'>['reserved']>[number];

type Rejection = EventOf<'InventoryReservationRejected'>;

/** What changes when a product meets claims of carts. */
export interface ReservationDecision {
  /** The product as it stands afterwards; the very same object when its stock did not move. */
  readonly product: StoredProduct | undefined;
  readonly events: readonly NewEvent[];
  readonly reservations: readonly { readonly state: Reservation; readonly events: readonly NewEvent[] }[];
}

/**
 * Applies the newest claim of each cart, unless a newer one was applied before. A claim to hold is granted whole or
 * not at all: one that does not fit is rejected by event and its cart then holds nothing of the product, so that the
 * outcome follows from the newest claim alone, in whatever order claims arrive. One that is granted is confirmed, by the
 * event of the product that it changes or by one of its own: only then can the cart be sure.
 */
export function reserve(
  stored: StoredProduct | undefined,
  reservationOf: (cartId: string) => Reservation | undefined,
  claims: readonly StockClaim[],
  now: string,
): ReservationDecision {
  const product = live(stored);
  let inventory = product?.inventory ?? 0;
  const decided: { state: Reservation; rejected: Rejection[] }[] = [];
  const reserved: Grant[] = [];

  for (const claim of inOrder(newestOfEachCart(claims))) {
    const { cartId, productId, cartVersion, qty } = claim;
    const current = reservationOf(cartId);
    if (current && current.version >= cartVersion) continue;
    const attainable = inventory + (current?.held ?? 0);
    const granted = qty <= attainable;
    const taken = granted ? qty : claim.kind === 'consume' ? attainable : 0;
    // What is given back to a product that is not there is nobody's to hold.
    inventory = product ? attainable - taken : 0;
    const held = claim.kind === 'hold' ? taken : 0;
    const state = { productId, cartId, version: cartVersion, held, updatedAt: now };
    decided.push({ state, rejected: granted ? [] : [rejection(claim, attainable, now)] });
    if (granted && held > 0) reserved.push({ cartId, qty, cartVersion });
  }

  const change = product && changed(product, { ...product, inventory }, now);
  const [update] = change?.events ?? [];
  const told = (rejected: readonly Rejection[]) =>
    rejected.map((event) => ({ ...event, ...(change && { productVersion: change.state.version }) }));
  if (change && update?.eventType === 'ProductUpdated') {
    const reservations = decided.map(({ state, rejected }) => ({ state, events: told(rejected) }));
    const event = reserved.length > 0 ? { ...update, reserved } : update;
    return { product: change.state, events: [event], reservations };
  }
  // There is nothing to tell of the product: each cart gets an event of its own.
  const reservations = decided.map(({ state, rejected }) => {
    const grant = reserved.find(({ cartId }) => cartId === state.cartId);
    return { state, events: grant ? [confirmation(state, grant)] : told(rejected) };
  });
  return { product: product ?? stored, events: [], reservations };
}

function hold(event: { cartId: string; productId: string; cartVersion: number }, qty: number): StockClaim {
  const { cartId, productId, cartVersion } = event;
  return { kind: 'hold', cartId, productId, cartVersion, qty };
}

function confirmation({ productId, updatedAt }: Reservation, grant: Grant): NewEvent {
  return { eventType: 'InventoryReserved', productId, ...grant, timestamp: updatedAt };
}

function rejection(claim: StockClaim, availableQty: number, now: string): Rejection {
  const { cartId, productId, cartVersion, qty } = claim;
  return {
    eventType: 'InventoryReservationRejected',
    cartId,
    productId,
    requestedQty: qty,
    availableQty,
    cartVersion,
    timestamp: now,
  };
}

/** Each cart's newest claim. */
function newestOfEachCart(claims: readonly StockClaim[]): readonly StockClaim[] {
  const newest = new Map<string, StockClaim>();
  for (const claim of claims) {
    const seen = newest.get(claim.cartId);
    if (!seen || seen.cartVersion < claim.cartVersion) newest.set(claim.cartId, claim);
  }
  return [...newest.values()];
}

/**
 * What gives stock back comes first, so that the others can have it; what a cart gives to another one comes just before
 * that one's claim, so that nobody else can.
 */
function inOrder(claims: readonly StockClaim[]): readonly StockClaim[] {
  const given = Map.groupBy(claims, ({ movedTo }) => movedTo);
  const pending = new Set(claims);
  const ordered: StockClaim[] = [];
  const append = (claim: StockClaim): void => {
    if (!pending.delete(claim)) return;
    given.get(claim.cartId)?.forEach(append);
    ordered.push(claim);
  };
  const own = given.get(undefined) ?? [];
  [...own].sort((a, b) => Number(a.qty > 0) - Number(b.qty > 0)).forEach(append);
  claims.forEach(append);
  return ordered;
}
