import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError, STORE_THROTTLED } from '@tandem/chassis/errors';
import { createImportPace } from './import-pace.ts';

const throttled = new DomainError('unavailable', STORE_THROTTLED, 'throttled');

function open() {
  const closed = new AbortController();
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  return { pace: createImportPace({ concurrency: 16, signal: closed.signal, wait }), waits, closed };
}

/** A write that is throttled this number of times. */
function writeAfter(refusals: number) {
  let calls = 0;
  return async () => {
    if (++calls <= refusals) throw throttled;
    return calls;
  };
}

test('a throttled line is written again until it is stored, with growing waits (aws F1a)', async () => {
  const { pace, waits } = open();
  assert.equal(await pace.run(writeAfter(7)), 8);
  const bounds = [100, 200, 400, 800, 1_600, 2_000, 2_000];
  assert.equal(waits.length, bounds.length);
  for (const [i, bound] of bounds.entries())
    assert.ok(Number(waits[i]) >= bound / 2 && Number(waits[i]) <= bound, `wait ${i}: ${waits[i]} ms`);
  assert.notDeepEqual(waits, bounds, 'lines that were throttled together do not all return together');
});

test('each throttled line halves the concurrency, down to the least; lines that are stored restore it', async () => {
  const { pace } = open();
  const limits = [pace.limit()];
  for (let line = 0; line < 6; line++) {
    await pace.run(writeAfter(3));
    limits.push(pace.limit());
  }
  assert.deepEqual(limits, [16, 8, 4, 2, 2, 2, 2]);
  for (let line = 0; line < 200; line++) await pace.run(writeAfter(0));
  assert.equal(pace.limit(), 16);
});

test('however many lines are throttled at once, one may be written', async () => {
  const { pace } = open();
  const failures = Array.from({ length: 10 }, () => pace.run(writeAfter(1)));
  await Promise.resolve();
  assert.equal(pace.limit(), 1);
  await Promise.all(failures);
});

test('another error is thrown at once, and a throttled line fails once the request is closed', async () => {
  const { pace, waits, closed } = open();
  const failure = new DomainError('unavailable', 'store-unavailable', 'down');
  await assert.rejects(
    pace.run(() => Promise.reject(failure)),
    failure,
  );
  closed.abort();
  await assert.rejects(pace.run(writeAfter(1)), throttled);
  assert.deepEqual(waits, []);
});
