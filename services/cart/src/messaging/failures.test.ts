import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { TandemEvent } from '@tandem/contracts/events';
import { createFailures } from './failures.ts';

const events = ['a', 'b', 'c'].map((productId): TandemEvent => {
  return { eventType: 'ProductDeleted', productId, version: 1, updatedAt: '' };
});

/** Applies all events as one group, which throws `error` if it contains the second event; records the attempted groups. */
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

test('core 14: if a group fails, each member is applied alone, so that only the bad event fails', async () => {
  const { groups, outcomes } = await attempt(new Error('bad event'));
  assert.deepEqual(
    [groups, outcomes],
    [
      [3, 1, 1, 1],
      ['applied', 'failed', 'applied'],
    ],
  );
});

test('if the store is unavailable, the whole group fails without further attempts, to be retried', async () => {
  const { groups, outcomes } = await attempt(
    new DomainError('unavailable', 'store-unavailable', 'Unavailable'),
  );
  assert.deepEqual([groups, outcomes], [[3], ['failed', 'failed', 'failed']]);
});
