import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchCapacity } from './search.ts';

const options = { firstPerMinute: 1_000, growth: 1.5, halvings: 3, mostPerMinute: 20_000 };

/** A task with a capacity; `spoiled` overrides the result of attempts. */
function task(
  capacity: number,
  spoiled: (attempt: number) => boolean | undefined | 'as it is' = () => 'as it is',
) {
  const rates: number[] = [];
  const attempt = async (perMinute: number) => {
    const shown = spoiled(rates.push(perMinute));
    return { carried: shown === 'as it is' ? perMinute <= capacity : shown, report: perMinute };
  };
  return { rates, attempt };
}

test('the capacity is found from below, within an eighth of a step', async () => {
  const { attempt } = task(4_000);
  const found = await searchCapacity(attempt, options);
  assert.ok(found && found.perMinute <= 4_000 && found.perMinute > 3_700, JSON.stringify(found));
  assert.equal(found.report, found.perMinute);
  assert.ok(found.failedAt !== undefined && found.failedAt > 4_000);
});

test('one failed step is retried, and an invalid one is ignored', async () => {
  const once = task(4_000, (attempt) => (attempt === 2 ? false : 'as it is'));
  assert.ok(((await searchCapacity(once.attempt, options))?.perMinute ?? 0) > 3_700);
  const void2 = task(4_000, (attempt) => (attempt === 1 || attempt === 2 ? undefined : 'as it is'));
  assert.ok(((await searchCapacity(void2.attempt, options))?.perMinute ?? 0) > 3_700);
});

test('the search ends at its upper limit if every rate passes, and finds nothing if every rate fails', async () => {
  const all = await searchCapacity(task(Infinity).attempt, options);
  assert.deepEqual(all, { perMinute: 20_000, report: 20_000, failedAt: undefined });
  const none = task(10);
  assert.equal(await searchCapacity(none.attempt, options), undefined);
  assert.deepEqual(none.rates, [1_000, 1_000]);
});
