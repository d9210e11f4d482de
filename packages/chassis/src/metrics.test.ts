import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, observeAge } from './metrics.ts';

test('counts by name, and observes by name and dimensions', () => {
  const metrics = createMetrics();
  metrics.count('Conflicts');
  metrics.count('Conflicts', 4);
  metrics.observe('Latency', 10, 'Milliseconds', { route: 'a' });
  metrics.observe('Latency', 20, 'Milliseconds', { route: 'b' });
  metrics.observe('Latency', 30, 'Milliseconds', { route: 'a' });
  assert.deepEqual(metrics.counts(), { Conflicts: 5 });
  const told = metrics
    .series()
    .map(({ value, ...rest }) => [rest, typeof value === 'number' ? value : [value.count, value.sum]]);
  assert.deepEqual(told, [
    [{ name: 'Conflicts', unit: 'Count', dimensions: {} }, 5],
    [{ name: 'Latency', unit: 'Milliseconds', dimensions: { route: 'a' } }, [2, 40]],
    [{ name: 'Latency', unit: 'Milliseconds', dimensions: { route: 'b' } }, [1, 20]],
  ]);
});

test('what was taken is told once', () => {
  const metrics = createMetrics();
  metrics.count('Conflicts');
  metrics.observe('Latency', 1, 'Milliseconds');
  assert.equal(metrics.take().length, 2);
  assert.deepEqual([metrics.take(), metrics.series(), metrics.counts()], [[], [], {}]);
});

test('what is no number is left out', () => {
  const metrics = createMetrics();
  for (const value of [NaN, Infinity, -Infinity]) metrics.observe('Latency', value, 'Milliseconds');
  assert.deepEqual(metrics.series(), []);
});

test('an age is observed, unless it is of no moment, of the future or of another day', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-02-14T15:00:00Z') });
  const metrics = createMetrics();
  observeAge(metrics, 'Age', undefined);
  observeAge(metrics, 'Age', NaN);
  observeAge(metrics, 'Age', Date.parse('2026-02-14T15:00:00.001Z'));
  observeAge(metrics, 'Age', Date.parse('2026-02-13T14:59:59Z'));
  assert.deepEqual(metrics.series(), []);
  observeAge(metrics, 'Age', Date.parse('2026-02-14T14:59:59.750Z'));
  observeAge(metrics, 'Age', Date.parse('2026-02-14T15:00:00Z'));
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
