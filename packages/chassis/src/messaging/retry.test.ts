import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TandemEvent } from '@tandem/contracts/events';
import { DomainError } from '../errors.ts';
import type { Applied } from './consumer.ts';
import { withRetry } from './retry.ts';

const away: Applied = {
  status: 'failed',
  error: new DomainError('unavailable', 'store-unavailable', 'away'),
};
const broken: Applied = { status: 'failed', error: new Error('a bug') };
const applied: Applied = { status: 'applied' };
const event = (productId: string): TandemEvent => ({
  eventType: 'ProductDeleted',
  productId,
  version: 1,
  updatedAt: '2026-02-14T15:00:00Z',
});
const [a, b, c] = [event('a'), event('b'), event('c')];

/** Applies as told, call by call; what was asked for each time. */
function scripted(...calls: readonly (readonly Applied[] | Error)[]) {
  const asked: TandemEvent[][] = [];
  const stopping = new AbortController();
  const apply = withRetry<TandemEvent>(async (events) => {
    const outcome = calls[asked.push([...events]) - 1] ?? [];
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }, stopping.signal);
  return { apply, asked, stopping };
}

test('what was away for a moment is tried again, and nothing else', async () => {
  const { apply, asked } = scripted([away, applied, broken], [applied]);
  assert.deepEqual(await apply([a, b, c]), [applied, applied, broken]);
  assert.deepEqual(asked, [[a, b, c], [a]]);
});

test('four attempts are made, then the failure is final', async () => {
  const { apply, asked } = scripted([away], [away], [away], [away], [applied]);
  assert.deepEqual(await apply([a]), [away]);
  assert.equal(asked.length, 4);
});

test('nothing is tried again after a stop', async () => {
  const { apply, asked, stopping } = scripted([away], [applied]);
  stopping.abort();
  assert.deepEqual(await apply([a]), [away]);
  assert.equal(asked.length, 1);
});

test('a rejection fails all of them, and what has no outcome fails too', async () => {
  const bug = new Error('a bug');
  assert.deepEqual(await scripted(bug).apply([a, b]), [
    { status: 'failed', error: bug },
    { status: 'failed', error: bug },
  ]);
  const [first, second] = await scripted([applied]).apply([a, b]);
  assert.deepEqual([first?.status, second?.status], ['applied', 'failed']);
  const { apply, asked } = scripted();
  assert.deepEqual(await apply([]), []);
  assert.equal(asked.length, 0);
});
