import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMinorUnits, isCurrency, minorUnitDigits, parseMinorUnits } from './currency.ts';

test('decimals are those of ISO 4217, also where Intl displays fewer (interop A6)', () => {
  const twoDigits = 'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SLE SOS SYP YER EUR USD GBP TWD'.split(
    ' ',
  );
  for (const currency of twoDigits) assert.equal(minorUnitDigits(currency), 2, currency);
  assert.equal(minorUnitDigits('IQD'), 3);
  assert.equal(minorUnitDigits('JPY'), 0);
  assert.equal(minorUnitDigits('CLF'), 4);
  for (const name of ['constructor', '__proto__', '', 'ZZZ']) assert.equal(minorUnitDigits(name), 2);
});

test('decimals are parsed to minor units exactly, or not at all', () => {
  assert.equal(parseMinorUnits('19.9', 'EUR'), 1990);
  assert.equal(parseMinorUnits('1999.00', 'HUF'), 199_900);
  assert.equal(parseMinorUnits('1.005', 'IQD'), 1005);
  assert.equal(parseMinorUnits('1990.00', 'JPY'), 1990);
  assert.equal(parseMinorUnits('0.1234', 'CLF'), 1234);
  for (const text of ['1.005', '-1', '1,5', '', '.5', '1.', '1e3', '99999999999999999'])
    assert.equal(parseMinorUnits(text, 'EUR'), undefined, text);
});

test('minor units are formatted with the decimals of the currency', () => {
  assert.equal(formatMinorUnits(1990, 'EUR'), '19.90');
  assert.equal(formatMinorUnits(5, 'EUR'), '0.05');
  assert.equal(formatMinorUnits(-5, 'IQD'), '-0.005');
  assert.equal(formatMinorUnits(1990, 'JPY'), '1990');
  assert.equal(formatMinorUnits(0, 'USD'), '0.00');
});

test('each code of ISO 4217 with a number of decimals is a currency, whatever the machine’s ICU knows', () => {
  const lessKnown = 'CLF UYW UYI VED CHE CHW MXV COU BOV USN XAD XCG';
  for (const code of `EUR JPY KWD ${lessKnown}`.split(' ')) assert.ok(isCurrency(code), code);
  const threeAndNone =
    'BHD IQD JOD KWD LYD OMR TND BIF CLP DJF GNF ISK KMF KRW PYG RWF UGX VND VUV XAF XOF XPF';
  for (const code of threeAndNone.split(' ')) assert.ok(isCurrency(code), code);
  for (const text of ['eur', 'EURO', 'XAU', 'XTS', 'XXX', 'ZZZ', 'EUR ', '', 'constructor', '__proto__'])
    assert.equal(isCurrency(text), false, text);
});
