import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, beyond, decay, dividedBy, figure, minus, plus, price, times } from './formula.ts';
import { evaluate } from './testing.ts';

test('a formula is written as by hand', () => {
  const hourly = plus(
    times(figure(0.25), price({ value: 0.03238 })),
    times(figure(0.5), price({ value: 0.00356 })),
  );
  const amount = times(figure(4), figure(730, 'h'), hourly);
  assert.equal(amount.text, '4 × 730 h × (0.25 × $0.03238 + 0.5 × $0.00356)');
  assert.equal(amount.value.toFixed(2), '28.84');
});

test('a free tier is deducted, down to zero', () => {
  const writes = price({ value: 0.4, per: 1_000_000 });
  const paid = times(beyond(figure(3_500_000), figure(1_000_000)), writes);
  assert.equal(paid.text, 'max(0, 3.5 M − 1 M) × $0.4/M');
  assert.equal(paid.value, 1);
  assert.equal(beyond(figure(3), figure(5)).value, 0);
  assert.equal(beyond(figure(3), figure(0)).text, '3');
});

test('evaluating the text of a formula yields its value', () => {
  const [a, b, c] = [figure(12_345_678, 'messages'), figure(0.0421, '/s'), figure(7, 'tasks')];
  for (const { text, value } of [
    plus(a, b, c),
    times(a, plus(b, c)),
    dividedBy(a, dividedBy(b, c)),
    dividedBy(times(a, b), plus(b, c)),
    minus(a, minus(b, c)),
    beyond(plus(b, c), figure(3)),
    atLeast(b, c, dividedBy(a, figure(1_000_000))),
    times(a, decay(dividedBy(times(figure(20, 's'), b), c))),
    times(a, price({ value: 0.03, per: 10_000 })),
  ]) {
    const read = evaluate(text);
    assert.ok(Math.abs(read - value) <= 1e-5 * Math.abs(value), `${text} = ${read}, not ${value}`);
  }
});

test('a figure without a value is an error that shows its formula: no sum hides it', () => {
  const { count } = JSON.parse('{}') as { readonly count: number };
  assert.throws(() => figure(count, 'tasks'), /"undefined tasks" has no value/);
  assert.throws(() => figure(Number('two'), 'tasks'), /"NaN tasks" has no value/);
  assert.throws(() => dividedBy(figure(2, 'h'), figure(0)), /"2 h ÷ 0" has no value/);
  assert.throws(() => price({ value: Number('much') }), /has no value/);
  assert.throws(() => times(figure(Number.MAX_VALUE), figure(2)), /has no value \(Infinity\)/);
});

test('an invalid formula is rejected', () => {
  for (const text of ['', '2 ×', '(2 + 3', '2 3', 'nothing']) assert.throws(() => evaluate(text), text);
});
