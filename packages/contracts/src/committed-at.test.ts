import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committedAt } from './committed-at.ts';
import { eventExamples } from './examples.ts';
import { readEvent } from './read-event.ts';

test('every event of a change has a commit time; snapshots, snapshot requests and expiries have none', () => {
  const untimed = Object.entries(eventExamples).flatMap(([eventType, [example]]) => {
    const read = readEvent(example);
    assert.ok(read.ok);
    const time = committedAt(read.event);
    if (time === undefined) return [eventType];
    assert.equal(time, Date.parse('updatedAt' in example ? example.updatedAt : example.timestamp), eventType);
    return [];
  });
  assert.deepEqual(
    new Set(untimed),
    new Set(['CartExpired', 'ProductSnapshot', 'ProductSnapshotCompleted', 'ProductSnapshotRequested']),
  );
});
