import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amounts, average, change, course, longDate, percent, shortDate, utcTime } from './texts.ts';

test('shares and averages have few digits, and a dash where there is none', () => {
  assert.deepEqual([0, 0.125, 1, 1.5, null].map(percent), ['0%', '12.5%', '100%', '150%', '—']);
  assert.deepEqual([0, 2, 1 / 3, 1_234.5, null].map(average), ['0', '2', '0.33', '1,234.5', '—']);
});

test('the change of a rate has its sign', () => {
  assert.equal(change(2, 3), '+50%');
  assert.equal(change(2, 1), '−50%');
  assert.equal(change(2, 2), '0%');
  assert.equal(change(2, 0), '−100%');
  assert.equal(change(0, 3), undefined);
});

test('amounts of all currencies are listed', () => {
  const money = [
    { currency: 'EUR', amount: 149_000 },
    { currency: 'JPY', amount: 500 },
  ];
  assert.equal(amounts(money), '€1,490.00, ¥500');
  assert.equal(amounts([]), '—');
});

test('dates and times are those of UTC', () => {
  assert.equal(shortDate('2026-02-14'), 'Feb 14');
  assert.equal(longDate('2026-02-14'), 'Feb 14, 2026');
  assert.match(utcTime('2026-02-14T23:30:00.000Z'), /^Feb 14, 2026, 11:30.PM UTC$/);
});

test('a series is described by its ends and its largest value', () => {
  assert.equal(course([3, 1_200, 7]), 'from 3 to 7 a day, at most 1,200');
  assert.equal(course([]), 'from 0 to 0 a day, at most 0');
});
