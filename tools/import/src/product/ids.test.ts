import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as always, property, string } from 'fast-check';
import { decodeId, encodeId, isValidId } from './ids.ts';

test('any text becomes an id, from which the text can be derived', () => {
  always(
    property(string({ unit: 'grapheme', minLength: 1, maxLength: 10 }), (text) => {
      const id = encodeId(text);
      assert.match(id, /^[A-Za-z0-9][A-Za-z0-9._~-]*$/);
      assert.equal(decodeId(id), text);
    }),
  );
});

test('what an id may have stays, but for tildes; no two texts become the same id', () => {
  for (const [text, id] of [
    ['mug-12_a.B', 'mug-12_a.B'],
    ['LS/S SAND', 'LS~2FS~20SAND'],
    ['A~20B', 'A~7E20B'],
    ['A B', 'A~20B'],
    ['-x', 'x~~-x'],
    ['x~~-x', 'x~7E~7E-x'],
    ['É', 'x~~~C3~89'],
    ["it's(1)*!", 'it~27s~281~29~2A~21'],
  ] as const) {
    assert.equal(encodeId(text), id);
    assert.ok(isValidId(id));
  }
});
