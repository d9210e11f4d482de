import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { TandemEvent } from '@tandem/contracts/events';
import { openStore } from '../application/testing.ts';
import { requestSnapshot } from '../domain/catalog-sync.ts';
import { catalogKey, catalogSyncKey, snapshotProductKey } from '../store/entity-types.ts';

const minutes = (nth: number) => `2026-02-14T15:0${nth}:00.000Z`;

/** Two processes that have requested the snapshot `s`. */
async function openFilling(t: TestContext) {
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

test('core 11: the catalog is synchronised once all products of the snapshot are stored, in whatever order and process', async (t) => {
  const { first, second, sync } = await openFilling(t);
  await first.apply([completed(3), ...page('a')]);
  await second.apply(page('b', 'a', 'b'));
  assert.deepEqual([(await sync()).status, (await sync()).appliedCount], ['requested', 2]);
  await Promise.all([first.apply(page('c')), second.apply(page('c', 'a'))]);
  assert.deepEqual([(await sync()).status, (await sync()).appliedCount], ['synchronised', 3]);
  assert.ok(await first.table.get(catalogKey('c')));
});

test('a product counts once, however often and by how many processes it is applied', async (t) => {
  const { first, second, sync } = await openFilling(t);
  for (let i = 0; i < 3; i++)
    await Promise.all([
      first.apply(page('a', 'b')),
      second.apply(page('b', 'a')),
      first.apply([completed(3)]),
    ]);
  assert.deepEqual([(await sync()).status, (await sync()).appliedCount], ['requested', 2]);
});

test('count and marks commit together, after the entries of the products', async (t) => {
  const { first, stored } = await openFilling(t);
  const before = stored.length;
  await first.apply(page('a', 'b'));
  const writes = stored.slice(before);
  assert.equal(writes.length, 3);
  assert.ok(writes[2]?.includes('catalog-sync') && writes[2].includes('snapshot-product'));
  const mark = await first.table.get(snapshotProductKey('s', 'a'));
  assert.equal(mark?.expiresAt, Date.parse('2026-02-15T15:00:00Z') / 1000);
});

test('a product that is newer already counts too', async (t) => {
  const { first, sync } = await openFilling(t);
  const [event] = page('a');
  assert.ok(event?.eventType === 'ProductSnapshot');
  await first.apply([{ ...event, eventType: 'ProductUpdated', version: 9 }]);
  await first.apply([event, completed(1)]);
  assert.equal((await sync()).status, 'synchronised');
});

test('progress delays the next request; without any the snapshot is requested again', async (t) => {
  const { first, clock, request } = await openFilling(t);
  assert.equal((await request()).length, 1, 'nothing has come since');
  clock.now = minutes(1);
  await first.apply(page('a'));
  assert.equal((await request()).length, 0);
});

test('other snapshots are applied and not counted, also once the catalog is synchronised', async (t) => {
  const { first, sync, stored } = await openFilling(t);
  const other = page('a').map((event): TandemEvent => ({ ...event, snapshotId: 'other' }) as TandemEvent);
  await first.apply([...other, completed(0, 'other')]);
  assert.deepEqual([(await sync()).status, (await sync()).appliedCount], ['requested', 0]);
  assert.ok(await first.table.get(catalogKey('a')));
  await first.apply([completed(0)]);
  const before = stored.length;
  await first.apply([...page('b'), completed(5)]);
  assert.equal(stored.length, before + 1, 'the entry alone');
});
