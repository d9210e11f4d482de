import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMetricMath } from './metric-math.ts';

function computed(expression: string, values: Readonly<Record<string, number>> = {}) {
  return readMetricMath(expression)((id) => values[id]);
}

test('the expressions of our alarms are evaluated', () => {
  const p99 = 'IF(FILL(requests0, 0) >= 100, MAX([m0]), 0)';
  assert.equal(computed(p99, { requests0: 100, m0: 0.7 }), 0.7);
  assert.equal(computed(p99, { requests0: 99, m0: 0.7 }), 0);
  assert.equal(computed(p99), 0);
  assert.equal(computed(p99, { requests0: 100 }), undefined);

  const silent = 'IF(FILL(writes, 0) > 0 AND FILL(polled, 0) < 1, 1, 0)';
  assert.equal(computed(silent, { writes: 2 }), 1);
  assert.equal(computed(silent, { writes: 2, polled: 1 }), 0);
  assert.equal(computed(silent), 0);

  assert.equal(computed('FILL(errors, 0) + FILL(failed, 0)', { failed: 3 }), 3);
});

test('MAX over two target groups ignores missing values', () => {
  const p99 = 'IF(FILL(requests0, 0) + FILL(requests1, 0) >= 100, MAX([m0,m1]), 0)';
  assert.equal(computed(p99, { requests0: 60, requests1: 60, m0: 0.2, m1: 0.9 }), 0.9);
  assert.equal(computed(p99, { requests0: 120, m0: 0.2 }), 0.2);
});

test('a missing operand makes the result missing, unless it is filled', () => {
  assert.equal(computed('a + b', { a: 1 }), undefined);
  assert.equal(computed('a + FILL(b, 2)', { a: 1 }), 3);
  assert.equal(computed('IF(a > 0, b, c)', { a: 1, c: 3 }), undefined);
});

test('operators have the usual precedence', () => {
  assert.equal(computed('1 + 2 * 3 - 8 / 4'), 5);
  assert.equal(computed('(1 + 2) * 3'), 9);
  assert.equal(computed('1 > 2 AND 0 > 1 OR 3 >= 3'), 1);
  assert.equal(computed('1 > 2 AND (0 > 1 OR 3 <= 3)'), 0);
});

test('unsupported expressions are rejected', () => {
  for (const expression of [
    'RATE(m)',
    'MAX(m)',
    'SUM([a])',
    'MAX([a], [b])',
    'FILL(m, REPEAT)',
    'FILL(m)',
    'm[0]',
    '-m',
    'a == b',
    'a ^ 2',
    "SEARCH('x', 'Sum')",
    'a; b',
    '',
  ])
    assert.throws(() => readMetricMath(expression), /not supported/, expression);
});
