import { requestSnapshot } from '@tandem/cart/domain/catalog-sync';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cart, openCart } from '@tandem/cart/domain/cart';
import { type Line, lineOf, newLine } from '@tandem/cart/domain/line';
import type { CatalogEntry } from '@tandem/cart/domain/catalog';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { cartKey, catalogKey, catalogSyncKey } from '@tandem/cart/store/entity-types';
import type { NewEvent, TandemEvent } from '@tandem/contracts/events';
import { availableOf } from '@tandem/product/domain/stock';
import type { Table } from '@tandem/storage/table';
import * as fc from 'fast-check';
import { confirmationOf, rejectionOf } from '../support/histories/carts.ts';
import { deliver, deliveriesOf, moment, NOW, openTable, readEvents } from '../support/histories/delivery.ts';
import { productHistories } from '../support/histories/products.ts';

const now = () => NOW;

/** Cart's catalog entry after these batches of one product's events. */
async function entryAfter(batches: readonly (readonly TandemEvent[])[]): Promise<CatalogEntry | undefined> {
  using store = openTable();
  const { table } = store;
  for (const batch of batches) await deliver(applyProductEvents({ table, now }), batch);
  return await table.get(catalogKey('p'));
}

test("Cart converges to the product's state, in whatever order and batches its events and snapshots arrive", async () => {
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
        assert.deepEqual([entry.price, entry.inventory], [product.price, availableOf(product)]);
      }
    }),
    { numRuns: 400 },
  );
});

test('an event from before its deletion does not restore a product, but its re-creation does', async () => {
  const state = { productId: 'p', name: 'p', price: 1, currency: 'USD', inventory: 3, updatedAt: NOW };
  const [created, updated, deleted, snapshot, recreated] = readEvents([
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

/** Creates an open cart with a line of each product, whose holds were requested at version 3. */
function cartWith(...productIds: readonly string[]): Cart {
  const lines = productIds.map((productId) => newLine({ productId, name: '', qty: 2, priceAtAdd: 1 }, 3));
  return { ...openCart('a', null, moment).state, lines, version: 3 };
}

/** The line of `p` after these batches. */
async function lineAfter(batches: readonly (readonly TandemEvent[])[]): Promise<Line | undefined> {
  using store = openTable();
  const { table } = store;
  await table.putIfNewer(cartKey('a'), cartWith('p'));
  for (const batch of batches) await deliver(applyProductEvents({ table, now }), batch);
  return lineOf((await table.get(cartKey('a')))?.lines ?? [], 'p');
}

test('a line converges to the newest response of Product, by version and revision, in whatever order they arrive', async () => {
  const common = { cartId: 'a', productId: 'p', cartVersion: 3, timestamp: NOW };
  const response = fc
    .tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 2 }))
    .map(([outcome, qty]): NewEvent => {
      if (outcome === 0) return { eventType: 'InventoryReserved', ...common, qty };
      if (outcome === 1) return { eventType: 'InventoryReservationExpired', ...common, qty };
      return { eventType: 'InventoryReservationRejected', ...common, requestedQty: 2, availableQty: 0 };
    });
  const cases = fc.array(response, { minLength: 1, maxLength: 6 }).chain((responses) => {
    const events = readEvents(responses.map((event, i) => ({ ...event, revision: i + 1 }) as NewEvent));
    return fc.record({ events: fc.constant(events), deliveries: deliveriesOf(events) });
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ events, deliveries }) => {
      const newest = await lineAfter([events.slice(-1)]);
      const line = await lineAfter(deliveries);
      assert.deepEqual([line?.heldQty, line?.response], [newest?.heldQty, newest?.response]);
    }),
    { numRuns: 200 },
  );
});

test('the responses to a cart in one batch are applied in one write', async () => {
  using store = openTable();
  let writes = 0;
  const table: Table = {
    ...store.table,
    update(key, decide) {
      writes += 1;
      return store.table.update(key, decide);
    },
  };
  const cart = cartWith('p', 'q', 'r');
  await store.table.putIfNewer(cartKey('a'), cart);
  const responses = readEvents([
    confirmationOf(cart, 'p'),
    rejectionOf(cart, 'q'),
    confirmationOf(cart, 'r'),
  ]);
  await deliver(applyProductEvents({ table, now }), responses);
  const lines = (await table.get(cartKey('a')))?.lines ?? [];
  assert.deepEqual(
    lines.map(({ heldQty }) => heldQty),
    [2, 0, 2],
  );
  assert.equal(writes, 1);
});

test('a late change of a product does not change the catalog, but confirms the reservations of its carts', async () => {
  using store = openTable();
  const { table } = store;
  await table.putIfNewer(cartKey('a'), cartWith('p'));
  const updated = (version: number, price: number) =>
    ({
      eventType: 'ProductUpdated',
      productId: 'p',
      name: 'P',
      price,
      currency: 'EUR',
      inventory: 1,
      updatedAt: NOW,
      version,
    }) as const;
  const late = { ...updated(2, 1), reserved: [{ cartId: 'a', qty: 2, cartVersion: 3 }] };
  for (const event of [updated(3, 2), late, late])
    await deliver(applyProductEvents({ table, now }), readEvents([event]));
  assert.equal((await table.get(cartKey('a')))?.lines[0]?.heldQty, 2);
  const entry = await table.get(catalogKey('p'));
  assert.ok(entry && 'price' in entry);
  assert.deepEqual([entry.version, entry.price], [3, 2]);
});

test('a response to a missing cart does not create it', async () => {
  using store = openTable();
  const { table } = store;
  const missing = { cartId: 'missing', lines: [] };
  const responses = readEvents([rejectionOf(missing, 'p'), confirmationOf(missing, 'p')]);
  await deliver(applyProductEvents({ table, now }), responses);
  assert.equal(await table.get(cartKey('missing')), undefined);
});

test('the catalog is synchronised once its snapshot is complete; repeated events change nothing', async () => {
  using store = openTable();
  const { table } = store;
  const completed = readEvents([
    { eventType: 'ProductSnapshotCompleted', snapshotId: 's', productCount: 0, timestamp: NOW },
  ]);
  await deliver(applyProductEvents({ table, now }), completed);
  assert.equal(await table.get(catalogSyncKey), undefined, 'no snapshot was requested');
  await table.update(catalogSyncKey, (sync) => requestSnapshot(sync, 's', NOW, ''));
  await deliver(applyProductEvents({ table, now }), [...completed, ...completed]);
  const first = await table.get(catalogSyncKey);
  assert.equal(first?.status, 'synchronised');
  await deliver(applyProductEvents({ table, now }), completed);
  assert.deepEqual(await table.get(catalogSyncKey), first);
});

test('a slow snapshot is not requested again while it makes progress', async () => {
  using store = openTable();
  const { table } = store;
  const after = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1_000).toISOString();
  const requestAgain = async (at: number) =>
    (await table.update(catalogSyncKey, (sync) => requestSnapshot(sync, 'other', after(at), after(at - 30))))
      .events;
  assert.equal((await requestAgain(0)).length, 1);
  const { requestId } = (await table.get(catalogSyncKey)) ?? {};
  const product = (productId: string) =>
    readEvents([
      {
        eventType: 'ProductSnapshot',
        productId,
        name: 'Mug',
        price: 1,
        currency: 'EUR',
        inventory: 1,
        updatedAt: NOW,
        version: 1,
        snapshotId: String(requestId),
      },
    ]);
  for (const seconds of [5, 25])
    await deliver(applyProductEvents({ table, now: () => after(seconds) }), product(`p${seconds}`));
  assert.equal((await requestAgain(40)).length, 0, 'the last product arrived 15 s ago');
  assert.equal((await requestAgain(60)).length, 1, 'nothing has arrived for half a minute');
});
