import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvent } from '@tandem/contracts/read-event';
import { completeSnapshot, requestSnapshot } from './catalog-sync.ts';

const T0 = '2026-02-14T15:00:00.000Z';
const T1 = '2026-02-14T15:01:00.000Z';
const { state: requested, events } = requestSnapshot(undefined, 'r-1', T0);

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

test('asks again, as a new version, until one has arrived', () => {
  const again = requestSnapshot(requested, 'r-2', T1);
  assert.deepEqual(again.state, { version: 2, status: 'requested', requestId: 'r-2', changedAt: T1 });
  assert.equal(again.events.length, 1);
});

test('is synchronised by any snapshot, asked for or not, and stays so', () => {
  for (const [current, version] of [
    [requested, 2],
    [undefined, 1],
  ] as const) {
    const { state, events } = completeSnapshot(current, 's-9', T1);
    assert.deepEqual(state, { version, status: 'synchronised', requestId: 's-9', changedAt: T1 });
    assert.deepEqual(events, []);
    for (const later of [completeSnapshot(state, 's-10', T1), requestSnapshot(state, 'r-3', T1)]) {
      assert.equal(later.state, state);
      assert.deepEqual(later.events, []);
    }
  }
});
