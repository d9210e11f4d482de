import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../server/protocol.ts';
import { traceLines } from './trace-lines.ts';

const event = { eventId: 'e1', eventType: 'ProductAddedToCart', traceId: 't' };
const queue = 'product-cart-events-queue';
const steps: Step[] = [
  { kind: 'applied', at: 1_030, queue, attempt: 2, ...event },
  {
    kind: 'request',
    at: 1_000,
    traceId: 't',
    service: 'cart',
    method: 'POST',
    path: '/carts/1/items',
    status: 200,
    durationMs: 10,
  },
  {
    kind: 'request',
    at: 900,
    traceId: 'other',
    service: 'cart',
    method: 'GET',
    path: '/carts/1',
    status: 200,
    durationMs: 1,
  },
  { kind: 'published', at: 1_020, topic: 'cart-events-topic', committedAt: 1_006, bytes: 9, ...event },
  { kind: 'received', at: 1_020, queue, attempt: 2, ...event },
];

test('a trace runs from the request to the applied event, in ms since its first step', () => {
  const lines = traceLines(steps, 't');
  assert.deepEqual(
    lines.map(({ kind, startMs, endMs }) => [kind, startMs, endMs]),
    [
      ['request', 0, 10],
      ['committed', 6, 6],
      ['published', 20, 20],
      ['received', 20, 20],
      ['applied', 30, 30],
    ],
  );
  assert.match(lines.at(-1)?.description ?? '', /attempt 2/);
});

test('an unknown trace is empty', () => {
  assert.deepEqual(traceLines(steps, 'unknown'), []);
});
