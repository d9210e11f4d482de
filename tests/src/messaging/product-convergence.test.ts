import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@tandem/chassis/metrics';
import type { TandemEvent } from '@tandem/contracts/events';
import { adjustStock, createProduct, live } from '@tandem/product/domain/product';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { productKey, reservationKey } from '@tandem/product/store/kinds';
import type { ChangeFeed, Table } from '@tandem/storage/table';
import * as fc from 'fast-check';
import { cartHistories, deliver, deliveriesOf, NOW, openTable } from './histories.ts';

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

/** Product's stock and reservations after these batches of one cart's events. */
async function outcomeOf(batches: readonly (readonly TandemEvent[])[], stocks: { p: number; q: number }) {
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
  return await Promise.all(
    productIds.map(async (productId) => ({
      inventory: await inventoryOf(table, productId),
      reservation: await table.get(reservationKey(productId, 'c')),
    })),
  );
}

test("Product ends in the same state, however a cart's events arrive", async () => {
  const histories = cartHistories('c').chain((history) =>
    fc.record({ history: fc.constant(history), deliveries: deliveriesOf(history.events) }),
  );
  await fc.assert(
    fc.asyncProperty(histories, stocks, async ({ history, deliveries }, stocks) => {
      const inOrder = history.events.map((event) => [event]);
      assert.deepEqual(await outcomeOf(deliveries, stocks), await outcomeOf(inOrder, stocks));
    }),
    { numRuns: 300 },
  );
});

test('what is held in the end is what the cart has, where there is enough', async () => {
  await fc.assert(
    fc.asyncProperty(cartHistories('c'), async ({ cart, events }) => {
      const outcome = await outcomeOf([[...events].reverse()], { p: 10_000, q: 10_000 });
      for (const [i, productId] of productIds.entries()) {
        const line = cart?.lines.find((line) => line.productId === productId);
        const taken = line?.qty ?? 0;
        assert.equal(outcome[i]?.inventory, 10_000 - taken);
        assert.equal(outcome[i]?.reservation?.held ?? 0, cart?.status === 'open' ? taken : 0);
      }
    }),
    { numRuns: 100 },
  );
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
  const cartIds = ['a', 'b', 'c', 'd'];
  const deliveries = fc
    .tuple(...cartIds.map(cartHistories))
    .chain((histories) => deliveriesOf(histories.flatMap(({ events }) => events)));
  await fc.assert(
    fc.asyncProperty(deliveries, stocks, fc.array(fc.nat({ max: 5 })), async (batches, stocked, restocks) => {
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
      for (const [i, batch] of batches.entries()) {
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

/** What a checkout took: all of it, or where Product rejected that, what could be had. */
function soldBy(event: TandemEvent, productId: string, rejections: ReadonlyMap<string, number>): number {
  if (event.eventType !== 'CartCheckedOut') return 0;
  const item = event.items.find((item) => item.productId === productId);
  return item ? (rejections.get(`${productId}/${event.cartId}/${event.cartVersion}`) ?? item.qty) : 0;
}
