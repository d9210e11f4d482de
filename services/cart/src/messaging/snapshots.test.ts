import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { TandemEvent } from '@tandem/contracts/events';
import { openStore } from '../application/testing.ts';
import { requestSnapshot } from '../domain/catalog-sync.ts';
import { catalogKey, catalogSyncKey, snapshotProductKey } from '../store/entity-types.ts';

const minutes = (nth: number) => `2026-02-14T15:0${nth}:00.000Z`;

/** Two processes that have requested the snapshot `s`. */
async function openSynchronising(t: TestContext) {
  const store = await openStore(t);
  const { table } = store.first;
  const request = async () =>
    (await table.update(catalogSyncKey, (sync) => requestSnapshot(sync, 's', store.clock.now, minutes(0))))
      .events;
  await request();
  const sync = async () => (await table.get(catalogSyncKey)) ?? assert.fail('no snapshot was requested');
  return { ...store, sync, request };
}

function page(...productIds: readonly string[]): TandemEvent[] {
  const state = { name: 'P', price: 1, currency: 'EUR', inventory: 1, updatedAt: minutes(0), version: 1 };
  return productIds.map((productId) => ({
    eventType: 'ProductSnapshot',
    productId,
    ...state,
    snapshotId: 's',
  }));
}

function completed(productCount: number, snapshotId = 's'): TandemEvent {
  return { eventType: 'ProductSnapshotCompleted', snapshotId, productCount, timestamp: minutes(0) };
}

test('core 11: the catalog is synchronised once all products of the snapshot are stored, in any order and by any process', async (t) => {
  const { first, second, sync } = await openSynchronising(t);
  await first.apply([completed(3), ...page('a')]);
  await second.apply(page('b', 'a', 'b'));
  assert.deepEqual([(await sync()).status, (await sync()).appliedCount], ['requested', 2]);
  await Promise.all([first.apply(page('c')), second.apply(page('c', 'a'))]);
  assert.deepEqual([(await sync()).status, (await sync()).appliedCount], ['synchronised', 3]);
  assert.ok(await first.table.get(catalogKey('c')));
});

test('a product counts once, however often and by however many processes it is applied', async (t) => {
  const { first, second, sync } = await openSynchronising(t);
  for (let i = 0; i < 3; i++)
    await Promise.all([
      first.apply(page('a', 'b')),
      second.apply(page('b', 'a')),
      first.apply([completed(3)]),
    ]);
  assert.deepEqual([(await sync()).status, (await sync()).appliedCount], ['requested', 2]);
});

test('the count and the marks of products commit atomically, after the catalog entries', async (t) => {
  const { first, writes } = await openSynchronising(t);
  const before = writes.length;
  await first.apply(page('a', 'b'));
  const newWrites = writes.slice(before);
  assert.equal(newWrites.length, 3);
  assert.ok(newWrites[2]?.includes('catalog-sync') && newWrites[2].includes('snapshot-product'));
  const mark = await first.table.get(snapshotProductKey('s', 'a'));
  assert.equal(mark?.expiresAt, Date.parse('2026-02-15T15:00:00Z') / 1000);
});

test('a product whose stored entry is newer than the snapshot counts too', async (t) => {
  const { first, sync } = await openSynchronising(t);
  const [event] = page('a');
  assert.ok(event?.eventType === 'ProductSnapshot');
  await first.apply([{ ...event, eventType: 'ProductUpdated', version: 9 }]);
  await first.apply([event, completed(1)]);
  assert.equal((await sync()).status, 'synchronised');
});

test('the snapshot is requested again if there is no progress', async (t) => {
  const { first, clock, request } = await openSynchronising(t);
  assert.equal((await request()).length, 1, 'no progress since');
  clock.now = minutes(1);
  await first.apply(page('a'));
  assert.equal((await request()).length, 0);
});

test('products of another snapshot are applied but not counted, also once the catalog is synchronised', async (t) => {
  const { first, sync, writes } = await openSynchronising(t);
  const otherPage = page('a').map((event): TandemEvent => ({ ...event, snapshotId: 'other' }) as TandemEvent);
  await first.apply([...otherPage, completed(0, 'other')]);
  assert.deepEqual([(await sync()).status, (await sync()).appliedCount], ['requested', 0]);
  assert.ok(await first.table.get(catalogKey('a')));
  await first.apply([completed(0)]);
  const before = writes.length;
  await first.apply([...page('b'), completed(5)]);
  assert.equal(writes.length, before + 1, 'only the catalog entry is written');
});
