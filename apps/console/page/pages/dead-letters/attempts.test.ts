import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../server/protocol.ts';
import { attemptsAt } from './attempts.ts';

const queue = 'product-cart-events-queue';
const step = (kind: 'received' | 'returned', attempt: number, at: number, eventId = 'm1'): Step => ({
  kind,
  attempt,
  at,
  queue,
  eventId,
  eventType: 'unknown',
});

test('attempts are selected by queue and event, in order', () => {
  const steps = [
    step('received', 1, 10),
    step('received', 1, 11, 'other'),
    step('returned', 1, 12),
    { ...step('received', 9, 13), queue: 'cart-product-updates-queue' } as Step,
    step('received', 2, 20),
  ];
  assert.deepEqual(attemptsAt(queue, 'm1', steps), [
    { attempt: 1, receivedAt: 10, returnedAt: 12 },
    { attempt: 2, receivedAt: 20 },
  ]);
});

test('a message that was never received has no attempts', () => {
  assert.deepEqual(attemptsAt(queue, 'm1', []), []);
});
