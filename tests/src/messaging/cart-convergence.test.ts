import { requestSnapshot } from '@tandem/cart/domain/catalog-sync';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cart } from '@tandem/cart/domain/cart';
import type { Line } from '@tandem/cart/domain/line';
import type { CatalogEntry } from '@tandem/cart/domain/catalog';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { cartKey, catalogKey, catalogSyncKey } from '@tandem/cart/store/kinds';
import type { TandemEvent } from '@tandem/contracts/events';
import * as fc from 'fast-check';
import {
  cartHistories,
  deliver,
  deliveriesOf,
  NOW,
  openTable,
  productHistories,
  received,
  rejectionOf,
} from './histories.ts';

const now = () => NOW;

/** Cart's catalog entry after these batches of one product's events. */
async function entryAfter(batches: readonly (readonly TandemEvent[])[]): Promise<CatalogEntry | undefined> {
  using store = openTable();
  const { table } = store;
  for (const batch of batches) await deliver(applyProductEvents({ table, now }), batch);
  return await table.get(catalogKey('p'));
}

test("Cart ends with the product as it is, however the product's events and snapshots arrive", async () => {
  const histories = productHistories.chain((history) =>
    fc.record({ history: fc.constant(history), deliveries: deliveriesOf(history.events) }),
  );
  await fc.assert(
    fc.asyncProperty(histories, async ({ history: { product, events }, deliveries }) => {
      const entry = await entryAfter(deliveries);
      assert.deepEqual(entry, await entryAfter(events.map((event) => [event])));
      assert.equal(entry?.version, product?.version);
      if (!product || !entry) return;
      if ('deleted' in product || 'deleted' in entry) {
        assert.equal('deleted' in entry, 'deleted' in product);
      } else {
        assert.deepEqual([entry.price, entry.inventory], [product.price, product.inventory]);
      }
    }),
    { numRuns: 400 },
  );
});

test('a late event of before its deletion does not bring a product back, its re-creation does', async () => {
  const state = { productId: 'p', name: 'p', price: 1, currency: 'USD', inventory: 3, updatedAt: NOW };
  const [created, updated, deleted, snapshot, recreated] = received([
    { eventType: 'ProductCreated', ...state, version: 1 },
    { eventType: 'ProductUpdated', ...state, version: 2 },
    { eventType: 'ProductDeleted', productId: 'p', version: 3, updatedAt: NOW },
    { eventType: 'ProductSnapshot', ...state, version: 2, snapshotId: 's' },
    { eventType: 'ProductCreated', ...state, version: 4 },
  ]);
  assert.ok(created && updated && deleted && snapshot && recreated);
  const tombstone = { productId: 'p', version: 3, deleted: true };
  assert.deepEqual(await entryAfter([[deleted], [snapshot, updated, created]]), tombstone);
  assert.deepEqual(await entryAfter([[recreated, deleted], [snapshot]]), { ...state, version: 4 });
});

/** The lines of a cart after these batches, which are about the cart. */
async function linesAfter(cart: Cart, batches: readonly (readonly TandemEvent[])[]) {
  using store = openTable();
  const { table } = store;
  await table.putIfNewer(cartKey(cart.cartId), cart);
  for (const batch of batches) await deliver(applyProductEvents({ table, now }), batch);
  return (await table.get(cartKey(cart.cartId)))?.lines;
}

test('of the rejections of a cart only those of its latest changes mark it, however they arrive', async () => {
  const cases = cartHistories('c').chain(({ cart, events }) => {
    const rejections = events.flatMap((event) =>
      'lineQty' in event && cart
        ? [{ ...rejectionOf(cart, event.productId), cartVersion: event.cartVersion }]
        : [],
    );
    return fc
      .subarray(received(rejections))
      .chain((some) =>
        fc.record({ cart: fc.constant(cart), rejections: fc.constant(some), deliveries: deliveriesOf(some) }),
      );
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ cart, rejections, deliveries }) => {
      if (!cart) return;
      const rejected = { availableQty: 0, at: NOW };
      const isRejected = ({ changedAt }: Line) =>
        rejections.some((event) => 'cartVersion' in event && event.cartVersion === changedAt);
      const expected = cart.lines.map((line) =>
        cart.status === 'open' && isRejected(line) ? { ...line, rejected } : line,
      );
      assert.deepEqual(await linesAfter(cart, deliveries), expected);
    }),
    { numRuns: 200 },
  );
});

test('a rejection for a cart that is gone is applied to nothing, and does not create it', async () => {
  using store = openTable();
  const { table } = store;
  const rejections = received([rejectionOf({ cartId: 'gone', lines: [] }, 'p')]);
  await deliver(applyProductEvents({ table, now }), rejections);
  assert.equal(await table.get(cartKey('gone')), undefined);
});

test('the catalog is synchronised once a snapshot is complete, whatever repeats', async () => {
  using store = openTable();
  const { table } = store;
  const completed = received([
    { eventType: 'ProductSnapshotCompleted', snapshotId: 's', productCount: 0, timestamp: NOW },
  ]);
  await deliver(applyProductEvents({ table, now }), completed);
  assert.equal(await table.get(catalogSyncKey), undefined, 'nobody has asked for one');
  await table.update(catalogSyncKey, (sync) => requestSnapshot(sync, 's', NOW, ''));
  await deliver(applyProductEvents({ table, now }), [...completed, ...completed]);
  const first = await table.get(catalogSyncKey);
  assert.equal(first?.status, 'synchronised');
  await deliver(applyProductEvents({ table, now }), completed);
  assert.deepEqual(await table.get(catalogSyncKey), first);
});
