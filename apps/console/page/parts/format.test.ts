import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMinorUnits } from '@tandem/contracts/currency';
import { counted, duration, formatMoney, parseMinor, pretty, timeOfDay } from './format.ts';

test('a duration has a readable unit', () => {
  assert.deepEqual([0, 339.6, 1_240, 125_000].map(duration), ['0 ms', '340 ms', '1.2 s', '2 min 5 s']);
});

test('a time of day has milliseconds', () => {
  assert.equal(timeOfDay(new Date(2026, 1, 14, 9, 5, 7, 42).getTime()), '09:05:07.042');
});

test('nouns are singular for a count of one', () => {
  assert.deepEqual([counted(1, 'message'), counted(0, 'message')], ['1 message', '0 messages']);
});

test('amounts are formatted with the digits of their currency', () => {
  assert.equal(formatMoney(1490, 'EUR'), '€14.90');
  assert.equal(formatMoney(1490, 'JPY'), '¥1,490');
  assert.equal(formatMoney(1490, 'BHD').replaceAll(/\s/g, ' '), 'BHD 1.490');
  assert.equal(formatMoney(0, null), '0');
});

test('an amount in an input field parses to exactly the amount that was formatted', () => {
  for (const currency of ['EUR', 'JPY', 'BHD', 'HUF', 'CLF'])
    for (const minor of [0, 1, 29, 1990, 115_735, 999_999_999, 90_000_000_000])
      assert.equal(parseMinor(formatMinorUnits(minor, currency), currency), minor);
  assert.equal(parseMinor(' 14,9 ', 'EUR'), 1490);
  assert.equal(parseMinor('14', 'EUR'), 1400);
});

test('amounts have the decimals of ISO 4217, which are not those of Intl (interop A6)', () => {
  const text = (minor: number, currency: string) => formatMoney(minor, currency).replaceAll(/\s/g, ' ');
  assert.equal(text(1999, 'HUF'), 'HUF 19.99');
  assert.equal(text(1500, 'IQD'), 'IQD 1.500');
  assert.equal(text(1_500_000_000, 'IDR'), 'IDR 15,000,000.00');
  for (const currency of 'AFN ALL COP IRR KPW LAK LBP MGA MMK PKR SLE SOS SYP YER XCG ZWG'.split(' '))
    assert.match(text(1999, currency), /19\.99$/, currency);
  assert.equal(parseMinor('1999.00', 'HUF'), 199_900);
  assert.equal(parseMinor('1.500', 'IQD'), 1500);
});

test('the largest amounts are formatted exactly, and unknown currencies without an error (interop A6)', () => {
  assert.equal(formatMoney(8_999_999_999_999_999, 'EUR'), '€89,999,999,999,999.99');
  assert.equal(formatMoney(-5, 'EUR'), '-€0.05');
  assert.equal(formatMoney(1999, 'ZZZ').replaceAll(/\s/g, ' '), 'ZZZ 19.99');
  for (const code of ['', 'US', 'EURO', '€', 'a\u0000b'])
    assert.equal(formatMoney(1999, code), `${code} 19.99`);
});

test('text that is not an amount is rejected', () => {
  for (const text of ['', '-1', '1.234', '1,500', '99999999999999999', '1e3', 'ten', '.5', '1.2.3'])
    assert.equal(parseMinor(text, 'EUR'), undefined, text);
  assert.equal(parseMinor('14.5', 'JPY'), undefined);
});

test('JSON is indented, and other text stays unchanged', () => {
  assert.equal(pretty('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(pretty({ a: 1 }), '{\n  "a": 1\n}');
  assert.equal(pretty('<b>not JSON'), '<b>not JSON');
});
