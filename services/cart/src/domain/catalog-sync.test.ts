import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvent } from '@tandem/contracts/read-event';
import { completeSnapshot, noteArrival, requestSnapshot } from './catalog-sync.ts';

const T0 = '2026-02-14T15:00:00.000Z';
const T1 = '2026-02-14T15:01:00.000Z';
const { state: requested, events } = requestSnapshot(undefined, 'r-1', T0, '');

test('asks for a snapshot by an event that Product can read', () => {
  assert.deepEqual(requested, { version: 1, status: 'requested', requestId: 'r-1', changedAt: T0 });
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

test('asks again once the last time is too long ago, under the same id', () => {
  const again = requestSnapshot(requested, 'r-2', T1, T0);
  assert.deepEqual(again.state, { version: 2, status: 'requested', requestId: 'r-1', changedAt: T1 });
  assert.equal(again.events.length, 1);
  const tooSoon = requestSnapshot(again.state, 'r-3', T1, T0);
  assert.deepEqual(tooSoon, { state: again.state, events: [] });
});

test('does not ask again while the snapshot is arriving, which is noted now and then', () => {
  const noted = noteArrival(requested, 'r-1', T1, T0);
  assert.deepEqual(noted.state, { version: 2, status: 'requested', requestId: 'r-1', changedAt: T1 });
  assert.deepEqual(noted.events, []);
  assert.deepEqual(requestSnapshot(noted.state, 'r-2', T1, T0), { state: noted.state, events: [] });
  assert.equal(noteArrival(noted.state, 'r-1', T1, T0).state, noted.state, 'noted a moment ago');
  assert.equal(completeSnapshot(noted.state, 'r-1', T1).state?.status, 'synchronised');
});

test('what arrives of another snapshot, or after the one that was asked for, is not noted', () => {
  assert.equal(noteArrival(requested, 's-9', T1, T0).state, requested);
  const { state: synchronised } = completeSnapshot(requested, 'r-1', T0);
  assert.equal(noteArrival(synchronised, 'r-1', T1, T0).state, synchronised);
  assert.equal(noteArrival(undefined, 'r-1', T1, T0).state, undefined);
});

test('is synchronised by the snapshot that was asked for, and stays so', () => {
  const { state, events } = completeSnapshot(requested, 'r-1', T1);
  assert.deepEqual(state, { version: 2, status: 'synchronised', requestId: 'r-1', changedAt: T1 });
  assert.deepEqual(events, []);
  for (const later of [completeSnapshot(state, 'r-1', T1), requestSnapshot(state, 'r-3', T1, T1)]) {
    assert.equal(later.state, state);
    assert.deepEqual(later.events, []);
  }
});

test('is not synchronised by a snapshot that somebody else asked for: it may have begun too early', () => {
  for (const current of [requested, undefined]) {
    assert.deepEqual(completeSnapshot(current, 's-9', T1), { state: current, events: [] });
  }
});
