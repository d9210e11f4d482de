import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { TandemEvent } from '@tandem/contracts/events';
import { createFailures } from './failures.ts';

const events = ['a', 'b', 'c'].map((productId): TandemEvent => {
  return { eventType: 'ProductDeleted', productId, version: 1, updatedAt: '' };
});

/** The groups of an attempt, of which `fails` throws for those with the second event. */
async function attempt(error: Error) {
  const failures = createFailures();
  const groups: number[] = [];
  await failures.attempt(
    events,
    (event) => event,
    async (members) => {
      groups.push(members.length);
      if (members.some((event) => event === events[1])) throw error;
    },
  );
  return { groups, outcomes: events.map((event) => failures.outcomeOf(event).status) };
}

test('core 14: when a group fails, each member is tried alone, and one bad event fails alone', async () => {
  const { groups, outcomes } = await attempt(new Error('bad event'));
  assert.deepEqual(
    [groups, outcomes],
    [
      [3, 1, 1, 1],
      ['applied', 'failed', 'applied'],
    ],
  );
});

test('an unavailable store fails the group at once: all of it is retried', async () => {
  const { groups, outcomes } = await attempt(new DomainError('unavailable', 'away', 'The store is away.'));
  assert.deepEqual([groups, outcomes], [[3], ['failed', 'failed', 'failed']]);
});
