import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, openCart, setQuantity } from '@tandem/cart/domain/cart';
import { lineOf } from '@tandem/cart/domain/line';
import { mergeCarts } from '@tandem/cart/domain/merge';
import { createMetrics } from '@tandem/chassis/metrics';
import type { TandemEvent } from '@tandem/contracts/events';
import { createProduct } from '@tandem/product/domain/edit-product';
import { live, requireProduct, withStock } from '@tandem/product/domain/product';
import { changeStock } from '@tandem/product/domain/stock';
import { applyCartEvents } from '@tandem/product/messaging/cart-events';
import { createStockHolds } from '@tandem/product/application/stock-holds';
import { productKey, reservationKey } from '@tandem/product/store/entity-types';
import type { Table } from '@tandem/storage/table';
import * as fc from 'fast-check';
import { cartHistories } from '../support/histories/carts.ts';
import { deliver, deliveriesOf, NOW, openTable, readEvents } from '../support/histories/delivery.ts';

const productIds = ['p', 'q'];
const stocks = fc.record({ p: fc.nat({ max: 20 }), q: fc.nat({ max: 20 }) });

async function createWithStock(table: Table, productId: string, inventory: number): Promise<void> {
  const content = { name: productId, price: 1999, currency: 'USD' };
  await table.update(productKey(productId), (stored) =>
    createProduct({ stored }, productId, { content, inventory }, NOW),
  );
}

async function stockOf(table: Table, productId: string): Promise<{ onHand: number; held: number }> {
  const { onHand, held } = live(await table.get(productKey(productId))) ?? assert.fail('no product');
  return { onHand, held };
}

function applierFor(table: Table) {
  const stockHolds = createStockHolds({ table, metrics: createMetrics(), holdSeconds: 900, now: () => NOW });
  return applyCartEvents({ stockHolds, publishSnapshotPage: () => assert.fail('no snapshot') });
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
  for (const [productId, inventory] of Object.entries(stocks))
    await createWithStock(table, productId, inventory);
  const apply = applierFor(table);
  for (const batch of batches) await deliver(apply, batch);
  /** Final state of a reservation, without its version, which depends on the order. */
  const reservation = async (productId: string, cartId: string) => {
    const { held, cartVersion, outcome } = (await table.get(reservationKey(productId, cartId))) ?? {};
    return { held, cartVersion, outcome };
  };
  return await Promise.all(
    productIds.map(async (productId) => ({
      ...(await stockOf(table, productId)),
      reservations: await Promise.all(cartIds.map((cartId) => reservation(productId, cartId))),
    })),
  );
}

/** Arbitrary of a history of these carts, with deliveries of its events. */
const deliveredHistories = (...cartIds: readonly [string, ...string[]]) =>
  cartHistories(...cartIds).chain((history) =>
    fc.record({ history: fc.constant(history), deliveries: deliveriesOf(history.events) }),
  );

test("Product converges to the same state, in whatever order and batches a cart's events arrive", async () => {
  await fc.assert(
    fc.asyncProperty(deliveredHistories('c'), stocks, async ({ history, deliveries }, stocks) => {
      const inOrder = history.events.map((event) => [event]);
      assert.deepEqual(await outcomeOf(deliveries, stocks), await outcomeOf(inOrder, stocks));
    }),
    { numRuns: 300 },
  );
});

test('the held units equal those of the open carts, if there is enough stock, also after merges', async () => {
  const cartIds = ['a', 'b', 'c', 'd'] as const;
  let moves = 0;
  await fc.assert(
    fc.asyncProperty(deliveredHistories(...cartIds), async ({ history: { carts, events }, deliveries }) => {
      moves += events.filter((event) => 'movedFrom' in event).length;
      const outcome = await outcomeOf(deliveries, { p: 10_000, q: 10_000 }, cartIds);
      const inOrder = events.map((event) => [event]);
      assert.deepEqual(outcome, await outcomeOf(inOrder, { p: 10_000, q: 10_000 }, cartIds));
      for (const [i, productId] of productIds.entries()) {
        const cartLines = carts.map(({ status, lines }) => ({
          status,
          qty: lineOf(lines, productId)?.qty ?? 0,
        }));
        const unitsOf = (status: string) =>
          cartLines.reduce((sum, line) => sum + (line.status === status ? line.qty : 0), 0);
        assert.deepEqual(
          [outcome[i]?.onHand, outcome[i]?.held],
          [10_000 - unitsOf('checkedOut'), unitsOf('open')],
        );
        assert.deepEqual(
          outcome[i]?.reservations.map(({ held = 0 }) => held),
          cartLines.map(({ status, qty }) => (status === 'open' ? qty : 0)),
        );
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(moves > 0, 'nothing was merged');
});

test('units moved by a merge stay held, although a later change of the line arrives first', async () => {
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
  const { state: guest, events: guestEvents } = addItem(
    openCart('guest', null, moment).state,
    widget,
    5,
    moment,
  );
  const { state: user, events: userEvents } = addItem(openCart('c', 'u', moment).state, widget, 2, moment);
  const catalog = { entries: new Map([['p', widget]]), isSynchronised: true };
  const { target, source } = mergeCarts(user, guest, catalog, { target: moment, source: moment });
  const lowered = setQuantity(target.state, 'p', catalog, 6, moment);
  const [first, merged, last] = [
    readEvents([...guestEvents, ...userEvents]),
    readEvents([...target.events, ...source.events]),
    readEvents(lowered.events),
  ];
  const orders = [[merged, last], [last, merged], [[...merged, ...last]], [[...last, ...merged]]];
  for (const order of orders) {
    const [{ onHand, held, reservations } = assert.fail()] = await outcomeOf([first, ...order], {
      p: 7,
      q: 0,
    });
    assert.deepEqual([onHand, held, reservations[0]?.held], [7, 6, 6]);
  }
});

test('the held units equal the sum of the reservations after every batch, for any requests in any order', async () => {
  const cartIds = ['a', 'b', 'c', 'd'] as const;
  const deltas = fc.array(fc.nat({ max: 5 }));
  await fc.assert(
    fc.asyncProperty(
      deliveredHistories(...cartIds),
      stocks,
      deltas,
      async ({ deliveries }, inventories, deltas) => {
        using store = openTable();
        const { table } = store;
        const apply = applierFor(table);
        for (const [productId, inventory] of Object.entries(inventories))
          await createWithStock(table, productId, inventory);
        for (const [i, batch] of deliveries.entries()) {
          await deliver(apply, batch);
          const delta = deltas[i] ?? 0;
          await table.update(productKey('p'), (stored) => {
            const product = requireProduct(stored, 'p');
            return withStock(product, changeStock(product, { delta }), NOW);
          });
          for (const productId of productIds) {
            const reserved = await Promise.all(cartIds.map((cartId) => heldBy(table, productId, cartId)));
            const { onHand, held } = await stockOf(table, productId);
            assert.ok(onHand >= 0);
            assert.equal(
              held,
              reserved.reduce((a, b) => a + b),
            );
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
