import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createMetrics } from '@tandem/chassis/metrics';
import type { EventOf, NewEvent, TandemEvent } from '@tandem/contracts/events';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import type { Table } from '@tandem/storage/table';
import { createProduct, live } from '../domain/product.ts';
import { productKey, reservationKey } from '../store/kinds.ts';
import { applyCartEvents, type CartEventsDeps } from './cart-events.ts';

const NOW = '2026-02-14T15:00:00.000Z';
const noSnapshot = () => assert.fail('nobody asked for a snapshot');

/** Product as two processes have it, over one store with this much of the product `p`. */
async function openStore(t: TestContext, inventory: number) {
  const { driver, feed, close } = openSqlite(':memory:');
  t.after(close);
  const metrics = createMetrics();
  const tableOf = () => createTable(driver, { now: () => Date.parse(NOW) });
  const table = tableOf();
  await table.update(productKey('p'), (stored) =>
    createProduct(stored, 'p', { name: 'p', price: 1, currency: 'USD', inventory }, NOW),
  );
  const applying = (table: Table, publishSnapshotPage: CartEventsDeps['publishSnapshotPage'] = noSnapshot) =>
    applyCartEvents({ table, publishSnapshotPage, metrics, now: () => NOW });
  return { table, feed, applying, metrics, other: tableOf() };
}

function added(cartId: string, productId = 'p'): EventOf<'ProductAddedToCart'> {
  return {
    eventType: 'ProductAddedToCart',
    cartId,
    userId: null,
    productId,
    priceAtAdd: 1,
    qty: 1,
    lineQty: 1,
    timestamp: NOW,
    cartVersion: 2,
  };
}

const statusesOf = (outcomes: readonly { status: string }[]) => outcomes.map(({ status }) => status);

test('300 carts want 100 units, told to two processes at once: 100 hold one, 200 are told, none is left', async (t) => {
  const { table, other, feed, applying, metrics } = await openStore(t, 100);
  const cartIds = Array.from({ length: 300 }, (_, i) => `c${i}`);
  const batches = Array.from({ length: 30 }, (_, i) => cartIds.slice(10 * i, 10 * i + 10));
  const appliers = [applying(table), applying(other)];
  const outcomes = await Promise.all(
    batches.map(async (batch, i) => appliers[i % 2]?.(batch.map((cartId) => added(cartId))) ?? []),
  );
  assert.deepEqual(new Set(statusesOf(outcomes.flat())), new Set(['applied']));

  const reservations = await Promise.all(cartIds.map((cartId) => table.get(reservationKey('p', cartId))));
  assert.equal(reservations.filter((reservation) => reservation?.held === 1).length, 100);
  assert.equal(reservations.filter((reservation) => reservation?.held === 0).length, 200);
  assert.equal(live(await table.get(productKey('p')))?.inventory, 0);
  const changes = await feed.read(1_000, AbortSignal.timeout(5_000));
  const told = changes.flatMap(({ after }): readonly NewEvent[] => after?.events ?? []);
  assert.equal(told.filter(({ eventType }) => eventType === 'InventoryReservationRejected').length, 200);
  assert.deepEqual(metrics.counts(), { ReservationsRejected: 200 });
});

test('what fails of one product fails its events alone', async (t) => {
  const { table, applying } = await openStore(t, 5);
  const failing: Table = {
    ...table,
    transact: async (keys, decide) => {
      if (keys.some(({ id }) => id === 'broken')) throw new Error('the store is down');
      return table.transact(keys, decide);
    },
  };
  const expired: TandemEvent = {
    eventType: 'CartExpired',
    cartId: 'd',
    userId: null,
    items: ['p', 'broken'].map((productId) => ({ productId, qty: 1, priceAtAdd: 1 })),
    totalAmount: 2,
    currency: null,
    timestamp: NOW,
    cartVersion: 3,
  };
  const outcomes = await applying(failing)([added('a'), added('b', 'broken'), added('c'), expired]);
  assert.deepEqual(statusesOf(outcomes), ['applied', 'failed', 'applied', 'failed']);
  assert.equal(live(await table.get(productKey('p')))?.inventory, 3);
});

test('publishes the snapshot that was asked for; its failure is its event alone', async (t) => {
  const { table, applying } = await openStore(t, 5);
  const asked: TandemEvent = { eventType: 'ProductSnapshotRequested', requestId: 'r', timestamp: NOW };
  const requests: unknown[] = [];
  const published = await applying(table, async (request) => void requests.push(request))([asked]);
  assert.deepEqual([statusesOf(published), requests], [['applied'], [asked]]);
  const failed = await applying(table, () => Promise.reject(new Error('no topic')))([asked, added('a')]);
  assert.deepEqual(statusesOf(failed), ['failed', 'applied']);
});

test('what is no business of the stock is applied to nothing', async (t) => {
  const { table, applying } = await openStore(t, 5);
  const before = await table.get(productKey('p'));
  const deleted: TandemEvent = { eventType: 'ProductDeleted', productId: 'p', version: 9, updatedAt: NOW };
  assert.deepEqual(statusesOf(await applying(table)([deleted])), ['applied']);
  assert.deepEqual(await table.get(productKey('p')), before);
});
