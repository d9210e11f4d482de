import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMinorUnits } from '@tandem/contracts/currency';
import { assert as always, constantFrom, integer, property } from 'fast-check';
import { createDecimalVote, currencyOf, decimalMarkOf, parseAmount, splitAmount } from './money.ts';
import { abbreviations } from './signs.ts';

/** Minor units of a text in a file whose other amounts show `mark`; undefined for what is no amount. */
function parse(text: string, currency = 'EUR', mark?: '.' | ',') {
  const amount = splitAmount(text);
  if (amount === undefined) return undefined;
  const minor = parseAmount(amount.number, amount.currency ?? currency, mark);
  return typeof minor === 'number' ? minor : undefined;
}

test('an amount with two decimals is exact, with either mark, grouped or not', () => {
  always(
    property(integer({ min: 0, max: 9_000_000_000_000 }), constantFrom('EUR', 'JPY'), (minor, currency) => {
      const text = formatMinorUnits(minor, currency);
      assert.equal(parse(text, currency, '.'), minor);
      assert.equal(parse(text.replace('.', ','), currency, ','), minor);
      const [whole = '', decimals = ''] = text.split('.');
      const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
      const english = decimals === '' ? grouped : `${grouped}.${decimals}`;
      assert.equal(parse(english, currency, '.'), minor);
      assert.equal(
        parse(
          english.replaceAll(/[.,]/g, (mark) => (mark === '.' ? ',' : '.')),
          currency,
          ',',
        ),
        minor,
      );
    }),
  );
});

test('a currency, a sign and spaces are read; what is no amount is none', () => {
  for (const [text, minor] of [
    ['19.99 EUR', 1999],
    ['EUR 19,99', 1999],
    ['€19.99', 1999],
    ['19,99 €', 1999],
    ['1 234,50', 123_450],
    ['1\u202f234,50\u00a0€', 123_450],
    ["1'234.50", 123_450],
    ['1,23,456.00', 12_345_600],
    ['1.234.567', 123_456_700],
    ['4.350', undefined],
    ['0.350', 35],
    ['1234.500', 123_450],
    ['45.0000', 4500],
    ['.5', 50],
    ['5.', 500],
    ['1980 JPY', 1980],
    ['1.250 KWD', undefined],
    ['12.50 KWD', 12_500],
    ['-1', undefined],
    ['1e3', undefined],
    ['NaN', undefined],
    ['', undefined],
    ['1.2.3', undefined],
    ['1,2,3.00', undefined],
    ['12 34', undefined],
    ['5,-', undefined],
    ['3 for 2', undefined],
    ['from 5', undefined],
    ['5 kg', undefined],
    ['5 pcs', undefined],
    ['US$5', 500],
    ['5 kr', 500],
    ['0.125', undefined],
    ['19.999,9,9', undefined],
  ] as const)
    assert.equal(parse(text), minor, text);
});

test('1.234 is 1234 or 1.234 by the other amounts of the file, and nothing without them', () => {
  assert.equal(decimalMarkOf('1.234'), 'ambiguous');
  assert.equal(parse('1.234', 'EUR', ','), 123_400);
  assert.equal(parse('1,234', 'EUR', '.'), 123_400);
  assert.equal(parse('1.234', 'KWD', '.'), 1234);
  assert.equal(parse('1.234', 'KWD'), undefined);

  const vote = createDecimalVote();
  for (const text of ['1.234', '12', '3.400', 'nothing']) vote.add(text);
  assert.equal(vote.mark(), undefined);
  vote.add('19,99');
  assert.equal(vote.mark(), ',');
  vote.add('19.99');
  assert.equal(vote.mark(), undefined, 'a file with both decides nothing');
});

test('an abbreviation is read before and after the number, with a dot or a space or none (import 1)', () => {
  for (const [sign, users] of Object.entries(abbreviations))
    for (const written of [sign, `${sign}.`, sign.toUpperCase()])
      for (const space of ['', ' ', '\u00a0'])
        for (const text of [`${written}${space}500`, `500${space}${written}`]) {
          assert.equal(parse(text), 50_000, text);
          assert.deepEqual(splitAmount(text)?.signOf, users.split(' '), text);
        }
  for (const [text, minor] of [
    ['Rs.1499', 149_900],
    ['Rs.1,499.50', 149_950],
    ['Rs. .50', 50],
    ['kr.100', 10_000],
    ['Fr. 5.50', 550],
    ['S/.12.50', 1250],
    ['$.50', 50],
    ['EUR.50', undefined],
    ['ab.500', undefined],
    ['No. 5', undefined],
    ['..5', undefined],
    ['Rs.', undefined],
    ['Rs.-5', undefined],
    ['50¢', undefined],
  ] as const)
    assert.equal(parse(text), minor, text);
  const vote = createDecimalVote();
  vote.add('Rs.500');
  assert.equal(vote.mark(), undefined);
});

test('a currency that a price names must be that of its row, and its sign that of row or option (import 14)', () => {
  const find = (text: string, byRow?: string, byOption?: string) => {
    const amount = splitAmount(text);
    assert.ok(amount, text);
    const currency = currencyOf(amount, byRow, byOption);
    return typeof currency === 'object' ? currency.reason : currency;
  };
  for (const [text, byRow, byOption, currency] of [
    ['5', undefined, 'USD', 'USD'],
    ['5', 'EUR', 'USD', 'EUR'],
    ['5', undefined, undefined, undefined],
    ['5 EUR', undefined, 'USD', 'EUR'],
    ['5 EUR', 'EUR', 'USD', 'EUR'],
    ['€5', undefined, undefined, 'EUR'],
    ['₹5', undefined, undefined, 'INR'],
    ['US$5', undefined, undefined, 'USD'],
    ['NT$5', undefined, undefined, 'TWD'],
    ['￥5', undefined, 'CNY', 'CNY'],
    ['$5', undefined, undefined, undefined],
    ['$5', undefined, 'CAD', 'CAD'],
    ['$5', 'MXN', 'CAD', 'MXN'],
    ['£5', undefined, 'EGP', 'EGP'],
    ['₨5', 'PKR', undefined, 'PKR'],
    ['﷼5', 'SAR', undefined, 'SAR'],
    ['5 kr', undefined, 'SEK', 'SEK'],
  ] as const)
    assert.equal(find(text, byRow, byOption), currency, `${text} ${byRow} ${byOption}`);
  for (const [text, byRow, byOption] of [
    ['£19.99', undefined, 'EUR'],
    ['€19.99', undefined, 'USD'],
    ['€19.99', 'USD', 'EUR'],
    ['19.99 EUR', 'USD', undefined],
    ['19.99 EUR', 'USD', 'EUR'],
    ['$5', undefined, 'EUR'],
    ['US$5', undefined, 'CAD'],
    ['5 kr', 'EUR', undefined],
    ['¥500', undefined, 'KRW'],
    ['Rs.500', undefined, 'EUR'],
    ['5 ft', undefined, 'EUR'],
  ] as const)
    assert.match(find(text, byRow, byOption) ?? '', /^is in [A-Z, …]+, not in [A-Z]{3}: /, text);
  assert.equal(find('$5', 'EUR'), 'is in ARS, AUD, BBD, BMD, …, not in EUR: correct one of them');
});

test('three digits after a mark are thousands in a currency without decimals (import 15)', () => {
  assert.equal(parse('1,200', 'JPY'), 1200);
  assert.equal(parse('1.250', 'KRW'), 1250);
  assert.equal(parse('12,345', 'CLP', '.'), 12_345);
  assert.equal(parse('1,000', 'JPY'), undefined);
  assert.equal(parse('1,000', 'JPY', '.'), 1000);
  assert.equal(parse('1,000', 'JPY', ','), 1);
  assert.equal(parse('1,200', 'JPY', ','), undefined);
  assert.equal(parse('1,200', 'EUR'), undefined);
});
