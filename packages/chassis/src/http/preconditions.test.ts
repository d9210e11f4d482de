import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { DomainError } from '../errors.ts';
import {
  allowsWrite,
  conditionHeader,
  isNotModified,
  parsePreconditions,
  versionTag,
} from './preconditions.ts';

const current = versionTag(42);

const writes: [headers: Parameters<typeof parsePreconditions>[0], onCurrent: boolean, onMissing: boolean][] =
  [
    [{}, true, true],
    [{ 'if-match': '"42"' }, true, false],
    [{ 'if-match': '"41"' }, false, false],
    [{ 'if-match': 'W/"42"' }, false, false],
    [{ 'if-match': '"41", "42"' }, true, false],
    [{ 'if-match': ' ,"41" ,, "42", ' }, true, false],
    [{ 'if-match': '"4,2"' }, false, false],
    [{ 'if-match': '*' }, true, false],
    [{ 'if-none-match': '*' }, false, true],
    [{ 'if-none-match': '"42"' }, false, true],
    [{ 'if-none-match': 'W/"42"' }, false, true],
    [{ 'if-none-match': '"41"' }, true, true],
    [{ 'if-match': '"42"', 'if-none-match': '"41"' }, true, false],
    [{ 'if-match': '"42"', 'if-none-match': '*' }, false, false],
  ];

for (const [headers, onCurrent, onMissing] of writes) {
  const promise = [onCurrent && 'the current resource', onMissing && 'a missing resource'].filter(Boolean);
  test(`${JSON.stringify(headers)} allows a write of ${promise.join(' and ') || 'neither resource'}`, () => {
    assert.equal(allowsWrite(parsePreconditions(headers), current), onCurrent);
    assert.equal(allowsWrite(parsePreconditions(headers), undefined), onMissing);
  });
}

for (const [header, expected] of [
  [undefined, false],
  ['"42"', true],
  ['W/"42"', true],
  ['"41", W/"42"', true],
  ['"41"', false],
  ['*', true],
] as const) {
  test(`the response to a read with If-None-Match: ${header} is ${expected ? '' : 'not '}304`, () => {
    assert.equal(isNotModified(parsePreconditions({ 'if-none-match': header }), current), expected);
  });
}

test('If-Match never matches a weak tag', () => {
  assert.equal(allowsWrite(parsePreconditions({ 'if-match': 'W/"42"' }), 'W/"42"'), false);
});

for (const malformed of [
  '',
  ',',
  '42',
  '"42',
  '42"',
  "'42'",
  'w/"42"',
  '"1" "2"',
  '"1", *',
  '"a b"',
  '"1";',
]) {
  test(`${JSON.stringify(malformed)} is rejected`, () => {
    for (const name of ['if-match', 'if-none-match']) {
      assert.throws(
        () => parsePreconditions({ [name]: malformed }),
        (error) => error instanceof DomainError && error.kind === 'invalid',
      );
    }
  });
}

test('a list of tags matches each of its tags and no other', () => {
  const opaque = fc.stringMatching(/^[!#-~]*$/);
  fc.assert(
    fc.property(fc.array(opaque, { minLength: 1 }), opaque, (tags, other) => {
      const conditions = parsePreconditions({ 'if-match': tags.map((tag) => `"${tag}"`).join(', ') });
      for (const tag of tags) assert.ok(allowsWrite(conditions, `"${tag}"`));
      assert.equal(allowsWrite(conditions, `"${other}"`), tags.includes(other));
    }),
  );
});

test('the documented pattern and the parser accept the same headers', () => {
  const pattern = new RegExp(String(conditionHeader.meta()?.['pattern']), 'u');
  const piece = fc.constantFrom('"', '"a"', 'W/', '*', ',', ' ', '\t', '\u00ff', '"\u00e9!"', 'x');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const header = pieces.join('');
      const parse = () => parsePreconditions({ 'if-match': header });
      if (pattern.test(header)) parse();
      else assert.throws(parse, DomainError);
    }),
    { numRuns: 2000 },
  );
});
