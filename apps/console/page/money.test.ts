import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMoney, parseMinor, formatMinor } from './money.ts';

test('amounts are formatted with the digits of their currency', () => {
  assert.equal(formatMoney(1490, 'EUR'), '€14.90');
  assert.equal(formatMoney(1490, 'JPY'), '¥1,490');
  assert.equal(formatMoney(1490, 'BHD').replaceAll(/\s/g, ' '), 'BHD 1.490');
  assert.equal(formatMoney(0, null), '0');
});

test('an amount in an input field parses to exactly the amount that was formatted', () => {
  for (const currency of ['EUR', 'JPY', 'BHD'])
    for (const minor of [0, 1, 29, 1990, 115_735, 999_999_999])
      assert.equal(parseMinor(formatMinor(minor, currency), currency), minor);
  assert.equal(parseMinor(' 14,9 ', 'EUR'), 1490);
  assert.equal(parseMinor('14', 'EUR'), 1400);
});

test('text that is not an amount is rejected', () => {
  for (const text of ['', '-1', '1.234', '1e3', 'ten', '.5', '1.2.3'])
    assert.equal(parseMinor(text, 'EUR'), undefined, text);
  assert.equal(parseMinor('14.5', 'JPY'), undefined);
});
