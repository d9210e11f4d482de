import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logarithmic, sharesOf, viewFrom } from './view.ts';

const line = (group: 'tasks' | 'tables', monthly: number) => ({
  group,
  monthly,
  item: '',
  formula: '',
  inputs: [],
});

test('the shares of a bill add up to its total, and groups below a cent are left out', () => {
  const lines = [
    line('tasks', 20),
    line('tables', 55),
    line('tasks', 5),
    { ...line('tables', 0.001), group: 'other' as const },
  ];
  assert.deepEqual(sharesOf({ lines, total: 80 }), [
    { group: 'tasks', monthly: 25, share: 25 / 80 },
    { group: 'tables', monthly: 55, share: 55 / 80 },
  ]);
  assert.deepEqual(sharesOf({ lines: [], total: 0 }), []);
});

test('the address names scenario, multiple and pattern; unknown values are the defaults', () => {
  const read = (query: string) => viewFrom(new URLSearchParams(query), ['average']);
  assert.deepEqual(read('traffic=average'), { traffic: 'average', times: 1, isAllDay: true });
  assert.deepEqual(read('times=1000&pattern=daily'), { traffic: 'observed', times: 1_000, isAllDay: false });
  assert.deepEqual(read('traffic=nonsense&times=7'), { traffic: 'observed', times: 1, isAllDay: true });
});

test('ten times the amount is always as much longer', () => {
  assert.deepEqual(
    [10, 100, 1_000].map((value) => logarithmic(value, 10, 1_000)),
    [0, 0.5, 1],
  );
  assert.equal(logarithmic(5, 5, 5), 1);
});
