import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { setDelivery } from '@tandem/chassis/messaging/consumer';
import { withRetry } from '@tandem/chassis/messaging/retry';
import { noopTracer } from '@tandem/chassis/trace';
import type { TandemEvent } from '@tandem/contracts/events';
import type { Table } from '@tandem/storage/table';
import { T0 } from '../domain/testing.ts';
import { productKey, reservationKey } from '../store/entity-types.ts';
import { applyCartEvents, type CartEventsDeps } from './cart-events.ts';
import { added, openStock } from './testing.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const noSnapshot = () => assert.fail('no snapshot was requested');
const statusesOf = (outcomes: readonly { status: string }[]) => outcomes.map(({ status }) => status);
const numbers = (length: number) => Array.from({ length }, (_, i) => i);

type TestStock = Awaited<ReturnType<typeof openStock>>;
function consumerOn(
  { stockHoldsOn }: TestStock,
  table: Table,
  publishSnapshotPage: CartEventsDeps['publishSnapshotPage'] = noSnapshot,
) {
  return applyCartEvents({ stockHolds: stockHoldsOn(table), publishSnapshotPage });
}

test('of 300 carts that concurrently request one of 100 units at two processes, 100 hold one and 200 are rejected', async () => {
  using testStock = await openStock(100);
  const { table, otherTable, metrics, publishedEvents, stock } = testStock;
  const cartIds = numbers(300).map((i) => `c${i}`);
  const batches = numbers(30).map((i) => cartIds.slice(10 * i, 10 * i + 10));
  const appliers = [consumerOn(testStock, table), consumerOn(testStock, otherTable)];
  const outcomes = await Promise.all(
    batches.map(async (batch, i) => appliers[i % 2]?.(batch.map((cartId) => added(cartId))) ?? []),
  );
  assert.deepEqual(new Set(statusesOf(outcomes.flat())), new Set(['applied']));

  const reservations = await Promise.all(cartIds.map((cartId) => table.get(reservationKey('p', cartId))));
  assert.equal(reservations.filter((reservation) => reservation?.held === 1).length, 100);
  assert.equal(reservations.filter((reservation) => reservation?.held === 0).length, 200);
  assert.deepEqual(await stock(), [100, 100]);
  const rejections = (await publishedEvents()).filter(
    ({ eventType }) => eventType === 'InventoryReservationRejected',
  );
  assert.equal(rejections.length, 200);
  assert.deepEqual(metrics.counts(), { ReservationsRejected: 200, UnitsHeldChange: 100 });
});

test('a failure of one product fails only the events of that product', async () => {
  using testStock = await openStock(5);
  const { table, stock } = testStock;
  const failing: Table = {
    ...table,
    transact: async (keys, decide, options) => {
      if (keys.some(({ id }) => id === 'broken')) throw new Error('the store is down');
      return table.transact(keys, decide, options);
    },
  };
  const expired: TandemEvent = {
    eventType: 'CartExpired',
    cartId: 'd',
    userId: null,
    items: ['p', 'broken'].map((productId) => ({ productId, qty: 1, priceAtAdd: 1 })),
    totalAmount: 2,
    currency: null,
    timestamp: T0,
    cartVersion: 3,
  };
  const broken = added('b', 1, { productId: 'broken' });
  const outcomes = await consumerOn(testStock, failing)([added('a'), broken, added('c'), expired]);
  assert.deepEqual(statusesOf(outcomes), ['applied', 'failed', 'applied', 'failed']);
  assert.deepEqual(await stock(), [5, 2]);
});

test('an event with fifty products is applied without a redelivery if the store rejects some of its writes', async () => {
  using testStock = await openStock(5);
  const { table } = testStock;
  const productIds = numbers(50).map((i) => `p${i}`);
  const calls = new Map<string, number>();
  const throttlingTable: Table = {
    ...table,
    transact: async (keys, decide, options) => {
      const productId = keys[0]?.id ?? '';
      const call = (calls.get(productId) ?? 0) + 1;
      calls.set(productId, call);
      if (call <= Number(productId.slice(1)) % 4) throw new DomainError('unavailable', 'throttled', 'Retry');
      return table.transact(keys, decide, options);
    },
  };
  const requested: TandemEvent = {
    eventType: 'InventoryReservationRequested',
    cartId: 'c',
    userId: null,
    items: productIds.map((productId) => ({ productId, qty: 1 })),
    timestamp: T0,
    cartVersion: 3,
  };
  const apply = withRetry(consumerOn(testStock, throttlingTable));
  assert.deepEqual(statusesOf(await apply([requested], new AbortController().signal)), ['applied']);
  assert.deepEqual(
    productIds.map((productId) => calls.get(productId)),
    productIds.map((_, i) => (i % 4) + 1),
    'only failed requests are retried',
  );
});

/** A batch of 90 carts with 41 lines each, of 90 products, and a consumer whose transactions `transact` decides. */
function largeBatch(testStock: TestStock, transact: (call: number) => void) {
  const { table } = testStock;
  const events = numbers(90).map((cart): TandemEvent => ({
    eventType: 'InventoryReservationRequested',
    cartId: `c${cart}`,
    userId: null,
    items: numbers(41).map((line) => ({ productId: `p${(cart + line) % 90}`, qty: 1 })),
    timestamp: T0,
    cartVersion: 3,
  }));
  let calls = 0;
  const observed: Table = {
    ...table,
    transact: async (keys, decide, options) => {
      transact((calls += 1));
      return table.transact(keys, decide, options);
    },
  };
  return { events, apply: consumerOn(testStock, observed), calls: () => calls };
}

test('once a stop is requested, no further transaction of a large batch is begun, and the rest is postponed', async () => {
  using testStock = await openStock(5);
  const stopping = new AbortController();
  const { events, apply, calls } = largeBatch(testStock, (call) => call === 20 && stopping.abort());
  const statuses = statusesOf(await apply(events, stopping.signal));
  assert.equal(calls(), 20, 'those that were begun together');
  assert.deepEqual(new Set(statuses), new Set(['postponed']), 'each cart has lines of later products');
  const { events: again, apply: applyAll } = largeBatch(testStock, () => undefined);
  assert.deepEqual(new Set(statusesOf(await applyAll(again))), new Set(['applied']));
});

test('if the store is unavailable for all that was tried, the rest of a large batch is not tried: it would hang for minutes', async () => {
  using testStock = await openStock(5);
  const { events, apply, calls } = largeBatch(testStock, () => {
    throw new DomainError('unavailable', 'store-unavailable', 'Retry');
  });
  const outcomes = await withRetry(apply)(events, new AbortController().signal);
  assert.deepEqual(new Set(statusesOf(outcomes)), new Set(['failed']));
  assert.equal(calls(), 4 * 20, 'one budget of four attempts');
});

test('core 14: a bad request does not fail the other requests of its batch', async () => {
  using testStock = await openStock(5);
  const implausible = added('b', 1, { cartVersion: 900_000_000 });
  const outcomes = await consumerOn(testStock, testStock.table)([added('a'), implausible, added('c')]);
  assert.deepEqual(statusesOf(outcomes), ['applied', 'failed', 'applied']);
  assert.deepEqual(await testStock.stock(), [5, 2]);
});

test('core 14: a batch with more reservations of a product than fit into a transaction is applied', async () => {
  using testStock = await openStock(500);
  const guests = numbers(200).map((i) => `g${i}`);
  const apply = consumerOn(testStock, testStock.table);
  await apply(guests.map((cartId) => added(cartId)));
  const merges = numbers(10).map((i) =>
    added(`m${i}`, 20, {
      movedFrom: guests.slice(20 * i, 20 * i + 20).map((cartId) => ({ cartId, cartVersion: 3 })),
    }),
  );
  assert.deepEqual(new Set(statusesOf(await apply(merges))), new Set(['applied']));
  assert.deepEqual(await testStock.stock(), [500, 200]);
  assert.equal((await testStock.table.get(reservationKey('p', 'm9')))?.held, 20);
});

test('core 10: replayed events change nothing, whether their reservation is still stored or not', async () => {
  using testStock = await openStock(10);
  const { table, clock, metrics, stock } = testStock;
  const apply = consumerOn(testStock, table);
  const sold: TandemEvent = {
    eventType: 'CartCheckedOut',
    cartId: 'c',
    userId: null,
    items: [{ productId: 'p', qty: 4, priceAtAdd: 1 }],
    totalAmount: 4,
    currency: 'USD',
    timestamp: T0,
    cartVersion: 3,
  };
  await apply([added('c', 4)]);
  await apply([sold]);
  assert.deepEqual(await stock(), [6, 0]);
  for (const days of [1, 29, 31, 33, 365]) {
    clock.nowMs = Date.parse(T0) + days * DAY_MS;
    await apply([added('c', 4)]);
    await apply([sold]);
    assert.deepEqual(await stock(), [6, 0], `after ${days} days`);
  }
  assert.ok((metrics.counts()['RequestsBeyondHorizon'] ?? 0) >= 4);
});

test('a requested snapshot is published; if that fails, only its event fails', async () => {
  using testStock = await openStock(5);
  const requested: TandemEvent = { eventType: 'ProductSnapshotRequested', requestId: 'r', timestamp: T0 };
  const requests: unknown[] = [];
  const apply = consumerOn(testStock, testStock.table, async (request) => void requests.push(request));
  assert.deepEqual([statusesOf(await apply([requested])), requests], [['applied'], [requested]]);
  assert.deepEqual(statusesOf(await apply([requested], AbortSignal.abort())), ['postponed']);
  const calls: boolean[] = [];
  const observing = consumerOn(
    testStock,
    testStock.table,
    async (_, { isRedelivered }) => void calls.push(isRedelivered),
  );
  await observing([requested]);
  setDelivery(requested, {
    span: noopTracer.start('', { kind: 'consumer', parent: undefined, attributes: {} }),
    receives: 2,
  });
  await observing([requested]);
  assert.deepEqual(calls, [false, true]);
  const failing = consumerOn(testStock, testStock.table, () => Promise.reject(new Error('no topic')));
  assert.deepEqual(statusesOf(await failing([requested, added('a')])), ['failed', 'applied']);
});

test('an event that does not concern stock changes nothing', async () => {
  using testStock = await openStock(5);
  const before = await testStock.table.get(productKey('p'));
  const deleted: TandemEvent = { eventType: 'ProductDeleted', productId: 'p', version: 9, updatedAt: T0 };
  assert.deepEqual(statusesOf(await consumerOn(testStock, testStock.table)([deleted])), ['applied']);
  assert.deepEqual(await testStock.table.get(productKey('p')), before);
});
