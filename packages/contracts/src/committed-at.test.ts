import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committedAt } from './committed-at.ts';
import { eventExamples } from './examples.ts';
import { readEvent } from './read-event.ts';

test('every event of a change has the time of its decision; snapshots and requests have none', () => {
  const silent = Object.entries(eventExamples).flatMap(([eventType, [example]]) => {
    const read = readEvent(example);
    assert.ok(read.ok);
    const moment = committedAt(read.event);
    if (moment === undefined) return [eventType];
    assert.equal(
      moment,
      Date.parse('updatedAt' in example ? example.updatedAt : example.timestamp),
      eventType,
    );
    return [];
  });
  assert.deepEqual(
    new Set(silent),
    new Set(['CartExpired', 'ProductSnapshot', 'ProductSnapshotCompleted', 'ProductSnapshotRequested']),
  );
});
