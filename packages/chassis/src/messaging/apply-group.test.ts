import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventOf } from '@tandem/contracts/events';
import { DomainError } from '../errors.ts';
import { applyGroup, eachEvent } from './apply-group.ts';

type Deleted = EventOf<'ProductDeleted'>;

const deleted = (productId: string): Deleted => ({
  eventType: 'ProductDeleted',
  productId,
  version: 1,
  updatedAt: '2026-02-14T15:00:00Z',
});
const events = ['a', 'bad', 'c'].map(deleted);

test('an event that fails does not affect the others', async () => {
  const appliedIds: string[] = [];
  const apply = eachEvent(async (event) => {
    const { productId } = event as Deleted;
    if (productId === 'bad') throw new Error('bad event');
    appliedIds.push(productId);
  });
  const outcomes = await apply(events);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['applied', 'failed', 'applied'],
  );
  assert.deepEqual(appliedIds, ['a', 'c']);
});

/** Applies all `events` as one group, which fails with `error`; resolves to the attempted groups and the statuses. */
async function applyWithBadEvent(error: Error) {
  const groups: string[] = [];
  const outcomes = await applyGroup(
    events,
    (event) => event,
    async (members) => {
      const names = members.map(({ productId }) => productId).join();
      groups.push(names);
      if (names.includes('bad')) throw error;
    },
  );
  return [groups, outcomes.map(({ status }) => status)];
}

test('the members of a group that fails are applied one by one', async () => {
  assert.deepEqual(await applyWithBadEvent(new Error('bad event')), [
    ['a,bad,c', 'a', 'bad', 'c'],
    ['applied', 'failed', 'applied'],
  ]);
});

test('a group that fails because a dependency is unavailable is not split: each member would fail as well', async () => {
  const unavailable = new DomainError(
    'unavailable',
    'store-unavailable',
    'The store does not respond. Retry later.',
  );
  assert.deepEqual(await applyWithBadEvent(unavailable), [['a,bad,c'], ['failed', 'failed', 'failed']]);
});
