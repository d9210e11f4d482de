import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMoney, readMinor, writeMinor } from './money.ts';

test('money has the digits of its currency', () => {
  assert.equal(formatMoney(1490, 'EUR'), '€14.90');
  assert.equal(formatMoney(1490, 'JPY'), '¥1,490');
  assert.equal(formatMoney(1490, 'BHD').replaceAll(/\s/g, ' '), 'BHD 1.490');
  assert.equal(formatMoney(0, null), '0');
});

test('what stands in a field is read as it was written, to the last unit', () => {
  for (const currency of ['EUR', 'JPY', 'BHD'])
    for (const minor of [0, 1, 29, 1990, 115_735, 999_999_999])
      assert.equal(readMinor(writeMinor(minor, currency), currency), minor);
  assert.equal(readMinor(' 14,9 ', 'EUR'), 1490);
  assert.equal(readMinor('14', 'EUR'), 1400);
});

test('what is no amount is not guessed at', () => {
  for (const text of ['', '-1', '1.234', '1e3', 'ten', '.5', '1.2.3'])
    assert.equal(readMinor(text, 'EUR'), undefined, text);
  assert.equal(readMinor('14.5', 'JPY'), undefined);
});
