import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError, STORE_THROTTLED } from '@tandem/chassis/errors';
import { retryThrottled } from './aws-tables.ts';

/** Calls a store whose first call fails with the error. Resolves to the number of calls. */
async function callsUntilDone(error: Error): Promise<number> {
  let calls = 0;
  await retryThrottled(async () => {
    calls += 1;
    if (calls === 1) throw error;
  });
  return calls;
}

for (const code of [STORE_THROTTLED, 'store-unavailable'])
  test(`a scan waits for a store with the error ${code}`, async () => {
    assert.equal(await callsUntilDone(new DomainError('unavailable', code, 'Retry after a moment.')), 2);
  });

test('other errors of the store end the scan at once', async () => {
  await assert.rejects(callsUntilDone(new Error('access denied')), /access denied/);
});
