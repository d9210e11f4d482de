import type { ApplyBatch } from '@tandem/chassis/messaging/consumer';
import {
  addItem,
  type Cart,
  type CartDecision,
  deleteCart,
  openCart,
  removeItem,
  setQuantity,
} from '@tandem/cart/domain/cart';
import { checkOut, expireCart } from '@tandem/cart/domain/checkout';
import { lineOf } from '@tandem/cart/domain/line';
import { mergeCarts } from '@tandem/cart/domain/merge';
import { applyResponses, responsesOf } from '@tandem/cart/domain/reservation';
import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent, TandemEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import { createProduct, deleteProduct, patchProduct } from '@tandem/product/domain/edit-product';
import { found, live, stateEvent, type StoredProduct, withStock } from '@tandem/product/domain/product';
import { changeStock } from '@tandem/product/domain/stock';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import * as fc from 'fast-check';

/** The one moment at which all of it happens: what must order the events are their versions. */
export const NOW = '2026-02-14T15:00:00.000Z';
const moment = { now: NOW, expiresAt: '2026-02-21T15:00:00.000Z' };

/** What happened to some carts, and how they stand in the end: one that expired as one that was deleted. */
export interface CartsHistory {
  readonly carts: readonly Cart[];
  readonly events: readonly TandemEvent[];
}

/** What happened to one product, and how it stands in the end. */
export interface ProductHistory {
  readonly product: StoredProduct | undefined;
  readonly events: readonly TandemEvent[];
}

/** An empty table in memory; dispose of it. */
export function openTable() {
  const { driver, feed, close } = openSqlite(':memory:');
  return { table: createTable(driver, { now: () => Date.parse(NOW) }), feed, [Symbol.dispose]: close };
}

/** Applies a batch, of which no event may fail. */
export async function deliver(apply: ApplyBatch, events: readonly TandemEvent[]): Promise<void> {
  for (const outcome of await apply(events)) if (outcome.status === 'failed') throw outcome.error;
}

/** The events in any order, some of them several times, in batches of up to ten. */
export function deliveriesOf(events: readonly TandemEvent[]): fc.Arbitrary<TandemEvent[][]> {
  const repeated =
    events.length === 0
      ? fc.constant([])
      : fc.array(fc.constantFrom(...events), { maxLength: events.length });
  return fc
    .tuple(repeated, fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 5 }))
    .chain(([repeated, sizes]) => {
      const all = [...events, ...repeated];
      return fc.shuffledSubarray(all, { minLength: all.length }).map((order) => inBatches(order, sizes));
    });
}

type CartChange = (cart: Cart) => CartDecision;
const productIds = fc.constantFrom('p', 'q');
const quantities = fc.integer({ min: 1, max: 12 });
const inCatalog = (productId: string) => ({
  productId,
  version: 1,
  name: productId,
  price: 1999,
  currency: 'USD',
  inventory: 5_000,
  updatedAt: NOW,
});
const catalog = {
  entries: new Map(['p', 'q'].map((id) => [id, inCatalog(id)])),
  isSynchronised: true,
};
const unchanged: CartChange = (state) => ({ state, events: [] });
const cartChanges: fc.Arbitrary<CartChange> = fc.oneof(
  fc.tuple(productIds, quantities).map(
    ([id, qty]): CartChange =>
      (cart) =>
        addItem(cart, inCatalog(id), qty, moment),
  ),
  fc.tuple(productIds, quantities).map(
    ([id, qty]): CartChange =>
      (cart) =>
        setQuantity(cart, id, catalog, qty, moment),
  ),
  productIds.map(
    (id): CartChange =>
      (cart) =>
        removeItem(cart, id, moment),
  ),
  productIds.map(
    (id): CartChange =>
      (cart) =>
        responded(cart, rejectionOf(cart, id)),
  ),
  productIds.map(
    (id): CartChange =>
      (cart) =>
        responded(cart, confirmationOf(cart, id)),
  ),
);
const ends: fc.Arbitrary<CartChange> = fc.constantFrom<CartChange[]>(
  unchanged,
  unchanged,
  (cart) => deleteCart(cart, moment),
  (cart) => {
    const confirmed = ['p', 'q'].reduce((cart, id) => responded(cart, confirmationOf(cart, id)).state, cart);
    return checkOut(confirmed, catalog, moment);
  },
  (cart) =>
    cart.status === 'open'
      ? { state: { ...cart, status: 'deleted', lines: [] }, events: expireCart(cart) }
      : unchanged(cart),
);

type CartsChange = (cartOf: (id: string) => Cart) => readonly CartDecision[];

/**
 * Histories that Cart's own domain decides: adds, sets, removals, Product's responses and merges, in which carts may
 * follow one another, and an end of each by expiry, checkout or deletion, or none. What it refuses does not happen.
 */
export function cartHistories(...cartIds: readonly [string, ...string[]]): fc.Arbitrary<CartsHistory> {
  const ids = fc.constantFrom(...cartIds);
  const ofOne = (changes: fc.Arbitrary<CartChange>): fc.Arbitrary<CartsChange> =>
    fc.tuple(ids, changes).map(([id, change]): CartsChange => (cartOf) => [change(cartOf(id))]);
  const merges = fc.tuple(ids, ids).map(([targetId, sourceId]): CartsChange => (cartOf) => {
    const moments = { target: moment, source: moment };
    const { target, source } = mergeCarts(cartOf(targetId), cartOf(sourceId), catalog, moments);
    return [target, source];
  });
  const changes = fc.oneof(
    { weight: 12, arbitrary: ofOne(cartChanges) },
    { weight: cartIds.length > 1 ? 2 : 0, arbitrary: merges },
  );
  return fc
    .tuple(
      fc.array(changes, { minLength: 1, maxLength: 12 * cartIds.length, size: 'max' }),
      fc.array(ofOne(ends), { maxLength: cartIds.length }),
    )
    .map(([changes, ends]) => historyOf(cartIds, [...changes, ...ends]));
}

function historyOf(cartIds: readonly string[], changes: readonly CartsChange[]): CartsHistory {
  const events: NewEvent[] = [];
  const carts = new Map(cartIds.map((id) => [id, openCart(id, null, moment).state]));
  for (const change of changes) {
    const decisions = allowed(() => change((id) => carts.get(id) ?? openCart(id, null, moment).state));
    for (const { state, events: told } of decisions ?? []) {
      carts.set(state.cartId, state);
      events.push(...told);
    }
  }
  return { carts: [...carts.values()], events: received(events) };
}

/** What is decided; undefined where the domain refuses. */
function allowed<T>(decide: () => T): T | undefined {
  try {
    return decide();
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

type ProductChange = (stored: StoredProduct | undefined) => {
  state: StoredProduct | undefined;
  events: readonly NewEvent[];
};
const inventories = fc.nat({ max: 50 });
const productChanges: fc.Arbitrary<ProductChange> = fc.oneof(
  inventories.map(
    (inventory): ProductChange =>
      (stored) =>
        createProduct(
          { stored },
          'p',
          { content: { name: 'p', price: 1999, currency: 'USD' }, inventory },
          NOW,
        ),
  ),
  fc.nat({ max: 9_999 }).map(
    (price): ProductChange =>
      (stored) =>
        patchProduct({ stored }, 'p', { price }, NOW, () => true),
  ),
  inventories.map((delta): ProductChange => (stored) => {
    const product = found(stored, 'p');
    return withStock(product, changeStock(product, { delta: delta - 25 }), NOW);
  }),
  fc.constant<ProductChange>((stored) => deleteProduct({ stored }, 'p', NOW, () => true)),
  fc.nat().map((id): ProductChange => (stored) => {
    const product = live(stored);
    return {
      state: stored,
      events: product ? [{ ...stateEvent('ProductSnapshot', product), snapshotId: String(id) }] : [],
    };
  }),
);

/** Histories that the product's own domain decides: creation, changes, deletion, re-creation, and snapshots in between. */
export const productHistories: fc.Arbitrary<ProductHistory> = fc
  .array(productChanges, { minLength: 1, maxLength: 20, size: 'max' })
  .map((changes) => {
    const events: NewEvent[] = [];
    let product: StoredProduct | undefined;
    for (const change of changes) {
      const decision = allowed(() => change(product));
      if (!decision) continue;
      events.push(...decision.events);
      product = decision.state;
    }
    return { product, events: received(events) };
  });

/** As a consumer receives them. */
export function received(events: readonly NewEvent[]): TandemEvent[] {
  return events.map((event, position) => {
    const result = readEvent(JSON.stringify({ ...event, eventId: String(position), schemaVersion: 1 }));
    if (!result.ok) throw new Error(JSON.stringify(result));
    return result.event;
  });
}

/** The cart after a response of Product. */
function responded(cart: Cart, response: NewEvent): CartDecision {
  return applyResponses(cart, received([response]).flatMap(responsesOf), NOW);
}

/** The rejection of what the cart last requested of a product. */
export function rejectionOf(cart: Pick<Cart, 'cartId' | 'lines'>, productId: string) {
  const { qty, ...requested } = lastRequest(cart, productId);
  const eventType = 'InventoryReservationRejected' as const;
  return { eventType, ...requested, requestedQty: qty, availableQty: 0, timestamp: NOW };
}

/** The confirmation of what the cart last requested of a product. */
export function confirmationOf(cart: Pick<Cart, 'cartId' | 'lines'>, productId: string) {
  return { eventType: 'InventoryReserved' as const, ...lastRequest(cart, productId), timestamp: NOW };
}

function lastRequest({ cartId, lines }: Pick<Cart, 'cartId' | 'lines'>, productId: string) {
  const { qty, requestedAt } = lineOf(lines, productId) ?? { qty: 1, requestedAt: 1 };
  return { cartId, productId, qty, cartVersion: requestedAt };
}

function inBatches<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length;) {
    const size = sizes[batches.length % sizes.length] ?? 1;
    batches.push(items.slice(start, start + size));
    start += size;
  }
  return batches;
}
