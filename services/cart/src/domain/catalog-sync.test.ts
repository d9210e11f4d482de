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
const requested = first ?? assert.fail('no snapshot was requested');
const complete = (sync: CatalogSync, productCount: number) =>
  completeSnapshot(sync, 'r-1', productCount, T1).state ?? assert.fail('no state');

test('a snapshot is requested by an event that Product can read', () => {
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

test('the snapshot is requested again after a time without progress, with the same id and count', () => {
  const partial = countApplied(requested, 3, T0);
  const secondRequest = requestSnapshot(partial, 'r-2', T1, T0);
  assert.deepEqual(secondRequest.state, { ...partial, version: 3, changedAt: T1 });
  assert.equal(secondRequest.events.length, 1);
  const tooSoon = requestSnapshot(secondRequest.state, 'r-3', T1, T0);
  assert.deepEqual(tooSoon, { state: secondRequest.state, events: [] });
});

test('the snapshot is not requested again while there is progress', () => {
  const partial = countApplied(requested, 1, T1);
  assert.deepEqual([partial.version, partial.changedAt, partial.appliedCount], [2, T1, 1]);
  assert.deepEqual(requestSnapshot(partial, 'r-2', T1, T0), { state: partial, events: [] });
  assert.equal(countApplied(partial, 0, T1), partial, 'no new product is no progress');
});

test('core 11: the catalog is synchronised once all published products are applied, not once they are published', () => {
  const partial = complete(countApplied(requested, 2, T0), 3);
  assert.equal(partial.status, 'requested', 'one product is missing');
  assert.equal(requestSnapshot(partial, 'r-2', T1, T1).events.length, 1, 'the snapshot is requested again');
  assert.equal(countApplied(partial, 1, T1).status, 'synchronised');
  assert.equal(complete(countApplied(requested, 3, T0), 3).status, 'synchronised', 'in the other order');
  assert.equal(complete(requested, 0).status, 'synchronised', 'without a product');
});

test('the catalog stays synchronised after redelivered events and further requests', () => {
  const state = complete(requested, 0);
  for (const decision of [completeSnapshot(state, 'r-1', 5, T1), requestSnapshot(state, 'r-3', T1, T1)]) {
    assert.equal(decision.state, state);
    assert.deepEqual(decision.events, []);
  }
});

test('the completion is idempotent, and a later attempt may have another number of products', () => {
  const completed = complete(requested, 3);
  assert.equal(complete(completed, 3), completed);
  assert.equal(complete(countApplied(completed, 2, T1), 2).status, 'synchronised');
});

test('only the requested snapshot counts: another one may have begun before it', () => {
  for (const current of [requested, undefined]) {
    assert.equal(isRequested(current, 's-9'), false);
    assert.deepEqual(completeSnapshot(current, 's-9', 0, T1), { state: current, events: [] });
  }
  assert.equal(isRequested(requested, 'r-1'), true);
  assert.equal(isRequested(complete(requested, 0), 'r-1'), false);
});
