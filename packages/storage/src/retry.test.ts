import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilWritten } from './retry.ts';

test('an attempt is retried until it succeeds, and each conflict is reported', async () => {
  let attempts = 0;
  let conflicts = 0;
  const attempt = async () => (++attempts === 4 ? { result: 'written' } : undefined);
  const result = await untilWritten(performance.now() + 60_000, attempt, () => conflicts++);
  assert.deepEqual({ result, conflicts }, { result: 'written', conflicts: 3 });
});

test('there are no retries after the deadline, but always a first attempt', async () => {
  let attempts = 0;
  const attempt = async () => {
    attempts++;
    return undefined;
  };
  const contended = { name: 'DomainError', kind: 'unavailable', code: 'write-contended' };
  await assert.rejects(
    untilWritten(performance.now() - 1, attempt, () => undefined),
    contended,
  );
  assert.equal(attempts, 1);
  await assert.rejects(
    untilWritten(performance.now() + 20, attempt, () => undefined),
    contended,
  );
  assert.ok(attempts > 2);
});
