import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, observeAge } from './metrics.ts';

test('counters are kept by name, distributions by name and dimensions', () => {
  const metrics = createMetrics();
  metrics.count('ConflictsRetried');
  metrics.count('ConflictsRetried', 4);
  metrics.observe('RequestLatency', 10, { route: 'a' });
  metrics.observe('RequestLatency', 20, { route: 'b' });
  metrics.observe('RequestLatency', 30, { route: 'a' });
  assert.deepEqual(metrics.counts(), { ConflictsRetried: 5 });
  const series = metrics
    .series()
    .map(({ value, ...rest }) => [rest, typeof value === 'number' ? value : [value.count, value.sum]]);
  assert.deepEqual(series, [
    [{ name: 'ConflictsRetried', unit: 'Count', dimensions: {} }, 5],
    [{ name: 'RequestLatency', unit: 'Milliseconds', dimensions: { route: 'a' } }, [2, 40]],
    [{ name: 'RequestLatency', unit: 'Milliseconds', dimensions: { route: 'b' } }, [1, 20]],
  ]);
});

test('take returns each series once', () => {
  const metrics = createMetrics();
  metrics.count('ConflictsRetried');
  metrics.observe('ConsumerBatchSize', 1);
  assert.equal(metrics.take().length, 2);
  assert.deepEqual([metrics.take(), metrics.series(), metrics.counts()], [[], [], {}]);
});

test('a value that is not a finite number is ignored', () => {
  const metrics = createMetrics();
  for (const value of [NaN, Infinity, -Infinity]) metrics.observe('ConsumerBatchSize', value);
  assert.deepEqual(metrics.series(), []);
});

test('an age is observed, unless the time is missing, in the future or more than a day ago', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-02-14T15:00:00Z') });
  const metrics = createMetrics();
  observeAge(metrics, 'RelayLag', undefined);
  observeAge(metrics, 'RelayLag', NaN);
  observeAge(metrics, 'RelayLag', Date.parse('2026-02-14T15:00:00.001Z'));
  observeAge(metrics, 'RelayLag', Date.parse('2026-02-13T14:59:59Z'));
  assert.deepEqual(metrics.series(), []);
  observeAge(metrics, 'RelayLag', Date.parse('2026-02-14T14:59:59.750Z'));
  observeAge(metrics, 'RelayLag', Date.parse('2026-02-14T15:00:00Z'));
  const [series] = metrics.series();
  assert.deepEqual(series?.value, {
    min: 0,
    max: 250,
    sum: 250,
    count: 2,
    buckets: [
      { value: 0, count: 1 },
      { value: 250, count: 1 },
    ],
  });
});
