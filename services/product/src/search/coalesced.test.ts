import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesced } from './coalesced.ts';

function openRuns() {
  const runs: PromiseWithResolvers<void>[] = [];
  const call = coalesced(() => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  });
  return { runs, call };
}

test('calls during a run share one run that starts after it', async () => {
  const { runs, call } = openRuns();
  const [first, ...later] = [call(), call(), call()];
  assert.equal(runs.length, 1);
  runs[0]?.resolve();
  await first;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(runs.length, 2);
  runs[1]?.resolve();
  await Promise.all(later);
  assert.equal(runs.length, 2);
  void call();
  assert.equal(runs.length, 3);
});

test('a run that fails rejects its own calls only', async () => {
  const { runs, call } = openRuns();
  const [first, second] = [call(), call()];
  runs[0]?.reject(new Error('down'));
  await assert.rejects(first, /down/);
  await new Promise((resolve) => setImmediate(resolve));
  runs[1]?.resolve();
  await second;
});
