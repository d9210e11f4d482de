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
import { expireCart } from '@tandem/cart/domain/checkout';
import { markRejected } from '@tandem/cart/domain/reservation';
import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent, TandemEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import {
  adjustStock,
  createProduct,
  deleteProduct,
  live,
  patchProduct,
  stateEvent,
  type StoredProduct,
} from '@tandem/product/domain/product';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import * as fc from 'fast-check';

/** The one moment at which all of it happens: what must order the events are their versions. */
export const NOW = '2026-02-14T15:00:00.000Z';
const moment = { now: NOW, expiresAt: '2026-02-21T15:00:00.000Z' };

/** What happened to one cart, and how the cart stands in the end; undefined when it expired. */
export interface CartHistory {
  readonly cart: Cart | undefined;
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
const cartChanges: fc.Arbitrary<CartChange> = fc.oneof(
  fc.tuple(productIds, quantities).map(
    ([id, qty]): CartChange =>
      (cart) =>
        addItem(cart, inCatalog(id), qty, moment),
  ),
  fc.tuple(productIds, quantities).map(
    ([id, qty]): CartChange =>
      (cart) =>
        setQuantity(cart, id, () => inCatalog(id), qty, moment),
  ),
  productIds.map(
    (id): CartChange =>
      (cart) =>
        removeItem(cart, id, moment),
  ),
  productIds.map(
    (id): CartChange =>
      (cart) =>
        markRejected(cart, rejectionOf(cart, id)),
  ),
);

/** Histories that the cart's own domain decides: adds, sets, removals, rejections, and an end by expiry, checkout or deletion, or none. */
export function cartHistories(cartId: string): fc.Arbitrary<CartHistory> {
  const ends = fc.constantFrom('open', 'expired', 'checkedOut', 'deleted');
  return fc
    .tuple(fc.array(cartChanges, { minLength: 1, maxLength: 12, size: 'max' }), ends)
    .map(([changes, end]) => {
      const events: NewEvent[] = [];
      let { state: cart } = openCart(cartId, null, moment);
      for (const change of changes) {
        const decision = change(cart);
        events.push(...decision.events);
        cart = decision.state;
      }
      if (end === 'expired') return { cart: undefined, events: received([...events, ...expireCart(cart)]) };
      const last =
        end === 'deleted'
          ? deleteCart(cart, moment)
          : end === 'checkedOut'
            ? checkOut(cart)
            : { state: cart, events: [] };
      return { cart: last.state, events: received([...events, ...last.events]) };
    });
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
        createProduct(stored, 'p', { name: 'p', price: 1999, currency: 'USD', inventory }, NOW),
  ),
  fc.nat({ max: 9_999 }).map(
    (price): ProductChange =>
      (stored) =>
        patchProduct(stored, 'p', { price }, NOW, () => true),
  ),
  inventories.map(
    (delta): ProductChange =>
      (stored) =>
        adjustStock(stored, 'p', delta - 25, NOW),
  ),
  fc.constant<ProductChange>((stored) => deleteProduct(stored, 'p', NOW, () => true)),
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
      try {
        const decision = change(product);
        events.push(...decision.events);
        product = decision.state;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
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

/** The rejection of what the cart last asked of a product. */
export function rejectionOf({ cartId, lines }: Pick<Cart, 'cartId' | 'lines'>, productId: string) {
  const line = lines.find((line) => line.productId === productId);
  const { qty: requestedQty, changedAt: cartVersion } = line ?? { qty: 1, changedAt: 1 };
  return {
    eventType: 'InventoryReservationRejected',
    cartId,
    productId,
    requestedQty,
    availableQty: 0,
    cartVersion,
    timestamp: NOW,
  } as const;
}

function checkOut(cart: Cart): CartDecision {
  const state = { ...cart, status: 'checkedOut' as const, version: cart.version + 1 };
  const events = expireCart(cart).map((event: NewEvent): NewEvent =>
    event.eventType === 'CartExpired' ? { ...event, eventType: 'CartCheckedOut' } : event,
  );
  return { state, events };
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
