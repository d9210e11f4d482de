import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvent } from '@tandem/contracts/read-event';
import {
  type CatalogSync,
  completeSnapshot,
  countApplied,
  isRequested,
  requestSnapshot,
} from './catalog-sync.ts';

const T0 = '2026-02-14T15:00:00.000Z';
const T1 = '2026-02-14T15:01:00.000Z';
const { state: first, events } = requestSnapshot(undefined, 'r-1', T0, '');
const requested = first ?? assert.fail('nothing was requested');
const complete = (sync: CatalogSync, productCount: number) =>
  completeSnapshot(sync, 'r-1', productCount, T1).state ?? assert.fail('no state');

test('requests a snapshot by an event that Product can read', () => {
  const state = { version: 1, status: 'requested', requestId: 'r-1', appliedCount: 0, changedAt: T0 };
  assert.deepEqual(requested, state);
  const sent = { ...events[0], eventId: 'e', schemaVersion: 1 };
  assert.deepEqual(sent, {
    eventType: 'ProductSnapshotRequested',
    requestId: 'r-1',
    timestamp: T0,
    eventId: 'e',
    schemaVersion: 1,
  });
  assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
});

test('requests it again after a time without progress, under the same id, and keeps the count', () => {
  const some = countApplied(requested, 3, T0);
  const again = requestSnapshot(some, 'r-2', T1, T0);
  assert.deepEqual(again.state, { ...some, version: 3, changedAt: T1 });
  assert.equal(again.events.length, 1);
  const tooSoon = requestSnapshot(again.state, 'r-3', T1, T0);
  assert.deepEqual(tooSoon, { state: again.state, events: [] });
});

test('does not request it again while it makes progress', () => {
  const some = countApplied(requested, 1, T1);
  assert.deepEqual([some.version, some.changedAt, some.appliedCount], [2, T1, 1]);
  assert.deepEqual(requestSnapshot(some, 'r-2', T1, T0), { state: some, events: [] });
  assert.equal(countApplied(some, 0, T1), some, 'what was counted before is no progress');
});

test('core 11: is synchronised once all published products are applied, not once they are published', () => {
  const published = complete(countApplied(requested, 2, T0), 3);
  assert.equal(published.status, 'requested', 'one product is missing');
  assert.equal(requestSnapshot(published, 'r-2', T1, T1).events.length, 1, 'so that it is requested again');
  assert.equal(countApplied(published, 1, T1).status, 'synchronised');
  assert.equal(complete(countApplied(requested, 3, T0), 3).status, 'synchronised', 'or the other way round');
  assert.equal(complete(requested, 0).status, 'synchronised', 'without a product');
});

test('stays synchronised, whatever repeats', () => {
  const state = complete(requested, 0);
  for (const later of [completeSnapshot(state, 'r-1', 5, T1), requestSnapshot(state, 'r-3', T1, T1)]) {
    assert.equal(later.state, state);
    assert.deepEqual(later.events, []);
  }
});

test('the publication counts once, and a later attempt may have another number of products', () => {
  const published = complete(requested, 3);
  assert.equal(complete(published, 3), published);
  assert.equal(complete(countApplied(published, 2, T1), 2).status, 'synchronised');
});

test('only the requested snapshot counts: another one may have begun too early', () => {
  for (const current of [requested, undefined]) {
    assert.equal(isRequested(current, 's-9'), false);
    assert.deepEqual(completeSnapshot(current, 's-9', 0, T1), { state: current, events: [] });
  }
  assert.equal(isRequested(requested, 'r-1'), true);
  assert.equal(isRequested(complete(requested, 0), 'r-1'), false);
});
