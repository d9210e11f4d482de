import { requestSnapshot } from '@tandem/cart/domain/catalog-sync';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cart, openCart } from '@tandem/cart/domain/cart';
import type { Line } from '@tandem/cart/domain/line';
import type { CatalogEntry } from '@tandem/cart/domain/catalog';
import { applyProductEvents } from '@tandem/cart/messaging/product-events';
import { cartKey, catalogKey, catalogSyncKey } from '@tandem/cart/store/kinds';
import type { TandemEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import * as fc from 'fast-check';
import {
  cartHistories,
  confirmationOf,
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

test("Product's answers mark the lines whose latest change they answer, and no others, however they arrive", async () => {
  const answersTo = (event: TandemEvent): TandemEvent[][] => {
    if (!('lineQty' in event)) return [];
    const { cartId, productId, lineQty = 0, cartVersion } = event;
    const cart = {
      cartId,
      lines: [{ productId, name: '', qty: lineQty, priceAtAdd: 1, changedAt: cartVersion }],
    };
    const no = received([rejectionOf(cart, productId)]);
    return [lineQty === 0 ? no : received([confirmationOf(cart, productId)]), no];
  };
  const cases = cartHistories('c').chain(({ carts: [cart], events }) =>
    fc.subarray(events.flatMap(answersTo).flat()).chain((answers) =>
      fc.record({
        cart: fc.constant(cart),
        answers: fc.constant(answers),
        deliveries: deliveriesOf(answers),
      }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ cart, answers, deliveries }) => {
      assert.ok(cart);
      const isAnswered = (eventType: TandemEvent['eventType'], { productId, changedAt }: Line) =>
        answers.some(
          (it) =>
            it.eventType === eventType &&
            'cartVersion' in it &&
            'productId' in it &&
            it.productId === productId &&
            it.cartVersion === changedAt,
        );
      const expected = cart.lines.map((line): Line => {
        if (cart.status !== 'open') return line;
        const { reserved, rejected, ...asked } = line;
        if (rejected || isAnswered('InventoryReservationRejected', line))
          return { ...asked, rejected: { availableQty: 0, at: NOW } };
        return reserved || isAnswered('InventoryReserved', line) ? { ...asked, reserved: true } : line;
      });
      assert.deepEqual(await linesAfter(cart, deliveries), expected);
    }),
    { numRuns: 200 },
  );
});

test('the answers to a cart that come together are one write of it', async () => {
  using store = openTable();
  let writes = 0;
  const table: Table = {
    ...store.table,
    update(key, decide) {
      writes += 1;
      return store.table.update(key, decide);
    },
  };
  const line = { name: '', qty: 1, priceAtAdd: 1, changedAt: 3 };
  const lines = ['p', 'q', 'r'].map((productId): Line => ({ ...line, productId }));
  const cart = { cartId: 'a', lines };
  const moment = { now: NOW, expiresAt: '2026-02-21T15:00:00.000Z' };
  await store.table.update(cartKey('a'), () => ({
    state: { ...openCart('a', null, moment).state, lines },
    events: [],
  }));
  const answers = received([confirmationOf(cart, 'p'), rejectionOf(cart, 'q'), confirmationOf(cart, 'r')]);
  await deliver(applyProductEvents({ table, now }), answers);
  const noted = (await table.get(cartKey('a')))?.lines ?? [];
  assert.deepEqual(
    noted.map(({ reserved, rejected }) => reserved ?? rejected?.availableQty),
    [true, 0, true],
  );
  assert.equal(writes, 1);
});

test('a change of a product that comes late says nothing of the product, and still answers its carts', async () => {
  using store = openTable();
  const { table } = store;
  const lines: Line[] = [{ productId: 'p', name: '', qty: 1, priceAtAdd: 1, changedAt: 3 }];
  const moment = { now: NOW, expiresAt: '2026-02-21T15:00:00.000Z' };
  const { state } = openCart('a', null, moment);
  await table.update(cartKey('a'), () => ({ state: { ...state, lines }, events: [] }));
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
  const late = { ...updated(2, 1), reserved: [{ cartId: 'a', qty: 1, cartVersion: 3 }] };
  for (const event of [updated(3, 2), late, late])
    await deliver(applyProductEvents({ table, now }), received([event]));
  assert.equal((await table.get(cartKey('a')))?.lines[0]?.reserved, true);
  const known = await table.get(catalogKey('p'));
  assert.ok(known && 'price' in known);
  assert.deepEqual([known.version, known.price], [3, 2]);
});

test('an answer to a cart that is gone is applied to nothing, and does not create it', async () => {
  using store = openTable();
  const { table } = store;
  const gone = { cartId: 'gone', lines: [] };
  const answers = received([rejectionOf(gone, 'p'), confirmationOf(gone, 'p')]);
  await deliver(applyProductEvents({ table, now }), answers);
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

test('a snapshot that takes its time is not asked for again while it arrives', async () => {
  using store = openTable();
  const { table } = store;
  const after = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1_000).toISOString();
  const askAgain = async (at: number) =>
    (await table.update(catalogSyncKey, (sync) => requestSnapshot(sync, 'other', after(at), after(at - 30))))
      .events;
  assert.equal((await askAgain(0)).length, 1);
  const { requestId } = (await table.get(catalogSyncKey)) ?? {};
  const page = received([
    {
      eventType: 'ProductSnapshot',
      productId: 'p',
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
    await deliver(applyProductEvents({ table, now: () => after(seconds) }), page);
  assert.equal((await askAgain(40)).length, 0, 'it arrived 15 s ago');
  assert.equal((await askAgain(60)).length, 1, 'nothing has arrived for half a minute');
});
