import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordsOf } from './words.ts';

test('words are letters and digits, whatever is between them', () => {
  assert.deepEqual(wordsOf('Tyre 28", re-inforced (black)'), ['TYRE', '28', 'RE', 'INFORCED', 'BLACK']);
  for (const text of ['', ' ', '— … !', '"', '%_*.^$']) assert.deepEqual(wordsOf(text), [], text);
});

for (const [name, ...alike] of [
  ['Café', 'CAFE', 'cafe\u0301', 'Cafè'],
  ['Straße', 'STRASSE', 'strasse'],
  ['Øre', 'øre'],
  ['ΟΔΟΣ', 'οδος', 'οδοσ', 'Οδός'],
  ['İstanbul', 'istanbul', 'ISTANBUL', 'ıstanbul'],
  ['ﬁne', 'FINE'],
  ['Ёлка', 'елка'],
  ['한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8'],
  ['自転車', '自転車'],
] as const)
  test(`"${name}" equals ${alike.map((text) => `"${text}"`).join(', ')}`, () => {
    for (const text of alike) assert.deepEqual(wordsOf(text), wordsOf(name), text);
    assert.equal(wordsOf(name).length, 1);
  });

test('vowel signs are not accents: words of Indic scripts that differ by them differ', () => {
  assert.notDeepEqual(wordsOf('कि'), wordsOf('का'));
  assert.equal(wordsOf('साइकिल').length, 1);
});
