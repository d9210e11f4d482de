import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderNumberOf, readOrderNumber } from './order.ts';

test('an order number has three groups of characters that are not easily confused, and is derived from the public id', () => {
  const numbers = Array.from({ length: 2_000 }, (_, i) => orderNumberOf(`cart-${i}`));
  assert.equal(new Set(numbers).size, numbers.length);
  for (const number of numbers) assert.match(number, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  assert.equal(orderNumberOf('cart-0'), numbers[0]);
});

test('an order number is read as people write it', () => {
  for (const text of [
    '01AB-CDEF-GH12',
    '01abcdefgh12',
    ' oiab cdef ghl2 ',
    'O1AB–CDEFGH12'.replace('–', '-'),
  ])
    assert.equal(readOrderNumber(text), '01AB-CDEF-GH12', text);
});

test('a text that is no order number is not looked for, whatever its characters', () => {
  for (const text of [
    '',
    'x',
    '01AB-CDEF-GH1',
    '01AB-CDEF-GH123',
    '01AB-CDEF-GHU2',
    '@\u{10FFFF}\uD800',
    '01ABCDEFGH1\u0661',
  ])
    assert.equal(readOrderNumber(text), undefined, text);
});
