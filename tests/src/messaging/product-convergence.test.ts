import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, openCart, setQuantity } from '@tandem/cart/domain/cart';
import { lineOf } from '@tandem/cart/domain/line';
import { mergeCarts } from '@tandem/cart/domain/merge';
import { createMetrics } from '@tandem/chassis/metrics';
import type { TandemEvent } from '@tandem/contracts/events';
import { adjustStock, createProduct, live } from '@tandem/product/domain/product';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { productKey, reservationKey } from '@tandem/product/store/kinds';
import type { ChangeFeed, Table } from '@tandem/storage/table';
import * as fc from 'fast-check';
import { cartHistories, deliver, deliveriesOf, NOW, openTable, received } from './histories.ts';

const productIds = ['p', 'q'];
const stocks = fc.record({ p: fc.nat({ max: 20 }), q: fc.nat({ max: 20 }) });

async function stock(table: Table, productId: string, inventory: number): Promise<void> {
  const input = { name: productId, price: 1999, currency: 'USD', inventory };
  await table.update(productKey(productId), (stored) => createProduct(stored, productId, input, NOW));
}

async function inventoryOf(table: Table, productId: string): Promise<number> {
  return live(await table.get(productKey(productId)))?.inventory ?? assert.fail('no product');
}

async function heldBy(table: Table, productId: string, cartId: string): Promise<number> {
  return (await table.get(reservationKey(productId, cartId)))?.held ?? 0;
}

/** Product's stock and reservations after these batches of carts' events. */
async function outcomeOf(
  batches: readonly (readonly TandemEvent[])[],
  stocks: { p: number; q: number },
  cartIds: readonly string[] = ['c'],
) {
  using store = openTable();
  const { table } = store;
  for (const [productId, inventory] of Object.entries(stocks)) await stock(table, productId, inventory);
  const apply = applyCartEvents({
    table,
    publishSnapshotPage: () => assert.fail('no snapshot'),
    metrics: createMetrics(),
    now: () => NOW,
  });
  for (const batch of batches) await deliver(apply, batch);
  const reservation = async (productId: string, cartId: string) =>
    table.get(reservationKey(productId, cartId));
  return await Promise.all(
    productIds.map(async (productId) => ({
      inventory: await inventoryOf(table, productId),
      reservations: await Promise.all(cartIds.map((cartId) => reservation(productId, cartId))),
    })),
  );
}

/** A history of these carts, and an order in which its events arrive. */
const delivered = (...cartIds: readonly [string, ...string[]]) =>
  cartHistories(...cartIds).chain((history) =>
    fc.record({ history: fc.constant(history), deliveries: deliveriesOf(history.events) }),
  );

test("Product ends in the same state, however a cart's events arrive", async () => {
  await fc.assert(
    fc.asyncProperty(delivered('c'), stocks, async ({ history, deliveries }, stocks) => {
      const inOrder = history.events.map((event) => [event]);
      assert.deepEqual(await outcomeOf(deliveries, stocks), await outcomeOf(inOrder, stocks));
    }),
    { numRuns: 300 },
  );
});

test('what is held in the end is what the open carts have, where there is enough, however they merged', async () => {
  const cartIds = ['a', 'b', 'c', 'd'] as const;
  let moves = 0;
  await fc.assert(
    fc.asyncProperty(delivered(...cartIds), async ({ history: { carts, events }, deliveries }) => {
      moves += events.filter((event) => 'movedFrom' in event).length;
      const outcome = await outcomeOf(deliveries, { p: 10_000, q: 10_000 }, cartIds);
      const inOrder = events.map((event) => [event]);
      assert.deepEqual(outcome, await outcomeOf(inOrder, { p: 10_000, q: 10_000 }, cartIds));
      for (const [i, productId] of productIds.entries()) {
        const had = carts.map(({ status, lines }) => ({ status, qty: lineOf(lines, productId)?.qty ?? 0 }));
        const taken = had.reduce((sum, { qty }) => sum + qty, 0);
        assert.equal(outcome[i]?.inventory, 10_000 - taken);
        assert.deepEqual(
          outcome[i]?.reservations.map((reservation) => reservation?.held ?? 0),
          had.map(({ status, qty }) => (status === 'open' ? qty : 0)),
        );
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(moves > 0, 'nothing was merged');
});

test('what a merge moves is kept, though a later change of the line overtakes it', async () => {
  const moment = { now: NOW, expiresAt: NOW };
  const widget = {
    productId: 'p',
    version: 1,
    name: 'p',
    price: 1,
    currency: 'USD',
    inventory: 50,
    updatedAt: NOW,
  };
  const { state: guest, events: ofGuest } = addItem(openCart('guest', null, moment).state, widget, 5, moment);
  const { state: user, events: ofUser } = addItem(openCart('c', 'u', moment).state, widget, 2, moment);
  const { target, source } = mergeCarts(user, guest, { target: moment, source: moment });
  const lowered = setQuantity(target.state, 'p', () => widget, 6, moment);
  const [first, merged, last] = [
    received([...ofGuest, ...ofUser]),
    received([...target.events, ...source.events]),
    received(lowered.events),
  ];
  const orders = [[merged, last], [last, merged], [[...merged, ...last]], [[...last, ...merged]]];
  for (const order of orders) {
    const [{ inventory, reservations } = assert.fail()] = await outcomeOf([first, ...order], { p: 7, q: 0 });
    assert.deepEqual([inventory, reservations[0]?.held], [1, 6]);
  }
});

/** How many units the rejections say could be had, by the claim that they answer. */
async function rejectionsIn(feed: ChangeFeed): Promise<Map<string, number>> {
  const changes = await feed.read(10_000, AbortSignal.timeout(5_000));
  return new Map(
    changes
      .flatMap(({ after }) => after?.events ?? [])
      .flatMap((event) =>
        event.eventType === 'InventoryReservationRejected'
          ? [[`${event.productId}/${event.cartId}/${event.cartVersion}`, event.availableQty]]
          : [],
      ),
  );
}

test('stock is neither made nor lost after any event, however many carts want it', async () => {
  const cartIds = ['a', 'b', 'c', 'd'] as const;
  const restocks = fc.array(fc.nat({ max: 5 }));
  await fc.assert(
    fc.asyncProperty(delivered(...cartIds), stocks, restocks, async ({ deliveries }, stocked, restocks) => {
      using store = openTable();
      const { table, feed } = store;
      const apply = applyCartEvents({
        table,
        publishSnapshotPage: () => assert.fail(),
        metrics: createMetrics(),
        now: () => NOW,
      });
      const total: Record<string, number> = { ...stocked };
      for (const [productId, inventory] of Object.entries(stocked)) await stock(table, productId, inventory);

      const seen = new Set<TandemEvent>();
      for (const [i, batch] of deliveries.entries()) {
        await deliver(apply, batch);
        for (const event of batch) seen.add(event);
        const delta = restocks[i] ?? 0;
        await table.update(productKey('p'), (stored) => adjustStock(stored, 'p', delta, NOW));
        total['p'] = (total['p'] ?? 0) + delta;

        const rejections = await rejectionsIn(feed);
        for (const productId of productIds) {
          const sold = [...seen].map((event) => soldBy(event, productId, rejections));
          const held = await Promise.all(cartIds.map((cartId) => heldBy(table, productId, cartId)));
          const inventory = await inventoryOf(table, productId);
          assert.ok(inventory >= 0);
          for (const [i, cartId] of cartIds.entries())
            assert.ok([0, askedBy(seen, productId, cartId)].includes(held[i] ?? 0), 'held what nobody asked');
          assert.equal(
            [inventory, ...held, ...sold].reduce((a, b) => a + b),
            total[productId],
          );
        }
      }
    }),
    { numRuns: 60 },
  );
});

/** What the newest of these events that is about a cart's line asks to be held for it. */
function askedBy(seen: ReadonlySet<TandemEvent>, productId: string, cartId: string): number {
  const asked = [...seen].flatMap((event): { version: number; qty: number }[] => {
    if (!('cartVersion' in event)) return [];
    const isLine = 'lineQty' in event && event.productId === productId;
    if (isLine && event.cartId === cartId && !('movedTo' in event))
      return [{ version: event.cartVersion, qty: event.lineQty ?? 0 }];
    const source = 'movedFrom' in event && event.movedFrom?.find((from) => from.cartId === cartId);
    if (isLine && source) return [{ version: source.cartVersion, qty: 0 }];
    if ('items' in event && event.cartId === cartId && event.items.some((it) => it.productId === productId))
      return [{ version: event.cartVersion, qty: 0 }];
    return [];
  });
  return asked.reduce((newest, it) => (it.version > newest.version ? it : newest), { version: 0, qty: 0 })
    .qty;
}

/** What a checkout took: all of it, or where Product rejected that, what could be had. */
function soldBy(event: TandemEvent, productId: string, rejections: ReadonlyMap<string, number>): number {
  if (event.eventType !== 'CartCheckedOut') return 0;
  const item = event.items.find((item) => item.productId === productId);
  return item ? (rejections.get(`${productId}/${event.cartId}/${event.cartVersion}`) ?? item.qty) : 0;
}
