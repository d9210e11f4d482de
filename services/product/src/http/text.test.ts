import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { imageUrl, lineText, lineTextOrEmpty, linesText } from './text.ts';

const name = z.compile(lineText(20));
const accepts = (schema: z.ZodType, text: string) => schema.safeParse(text).success;
const character = (code: number) => String.fromCodePoint(code);

test('texts are normalized to NFC before their length is counted, and trimmed after it', () => {
  assert.equal(name.parse('Cafe\u0301'), 'Caf\u00E9');
  assert.equal(name.parse('e\u0301'.repeat(20)), '\u00E9'.repeat(20));
  assert.equal(name.parse(' \u00A0Mug\u2003'), 'Mug');
  assert.equal(linesText(10).parse('o\u0308\n\to'), '\u00F6\n\to');
  assert.ok(!accepts(name, 'x'.repeat(21)));
  assert.ok(!accepts(name, 'x\uD800'));
});

test('a line is not made of invisible characters alone', () => {
  const invisible = [0x20, 0xa0, 0xad, 0x34f, 0x115f, 0x2003, 0x200b, 0x200e, 0x202e, 0x2060, 0x2066, 0x2800];
  const rest = [0x3000, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0x1d173, 0xe0041, 0xe0100];
  for (const code of [...invisible, ...rest]) {
    assert.ok(!accepts(name, character(code)), code.toString(16));
    assert.ok(!accepts(name, `${character(code)}${character(code)} `), code.toString(16));
    assert.ok(accepts(name, `${character(code)}x`), code.toString(16));
  }
  for (const text of ['', ' ', '\u200B\u{E0041}\u200D']) assert.ok(!accepts(name, text));
});

test('the pattern of a line knows the invisible characters of the basic plane by their properties', () => {
  const pattern = new RegExp(String(z.toJSONSchema(lineText(1)).pattern), 'u');
  for (let code = 0; code <= 0xffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const isShown = /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(character(code));
    assert.equal(pattern.test(character(code)), isShown, code.toString(16));
  }
});

test('a line has no control characters and no line breaks; names of all languages are lines', () => {
  for (const code of [0, 7, 9, 10, 13, 27, 0x7f, 0x85, 0x9b, 0x2028, 0x2029])
    assert.ok(!accepts(name, `a${character(code)}b`), code.toString(16));
  for (const text of ['Mug', '茶', 'می\u200Cخواهم', '👩‍👩‍👧', 'हिन्दी', '❤\uFE0F', '-', '🫖'])
    assert.ok(accepts(name, text), text);
});

test('a text of several lines has tabs and line breaks, and no other control characters', () => {
  assert.ok(accepts(linesText(20), 'a\tb\r\nc'));
  for (const code of [0, 7, 11, 27, 0x7f, 0x9b]) assert.ok(!accepts(linesText(20), `a${character(code)}b`));
});

test('an empty parameter is a line only where it may be', () => {
  assert.ok(accepts(lineTextOrEmpty(5), '') && accepts(lineTextOrEmpty(5), 'x'));
  for (const text of [' ', '\u200B', 'a\nb']) assert.ok(!accepts(lineTextOrEmpty(5), text));
});

test('a long text is matched in linear time', () => {
  for (const text of [
    `${'x'.repeat(60_000)}\n`,
    `${'\u200B'.repeat(60_000)}\n`,
    `/${'a/'.repeat(30_000)} `,
  ]) {
    assert.ok(!accepts(name, text));
    assert.ok(!accepts(imageUrl, text));
  }
});

test('an image is of http or https, or a path (interop A20, security 17)', () => {
  for (const url of [
    'https://cdn.example.com/a/b.webp?v=1&w={width}#x',
    'HTTP://localhost:8080/%20.png',
    'https://bücher.example/ä.png',
    'http://[::1]/a.png',
    'https://example.com',
    '/images/mug.png',
    '/',
    '/a//b',
  ])
    assert.ok(accepts(imageUrl, url), url);
});

test('an image of another scheme, host or form is rejected (interop A20, security 17)', () => {
  for (const url of [
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'vbscript:x',
    'blob:https://example.com/x',
    'file:///etc/passwd',
    'ftp://example.com/a.png',
    '//evil.example/a.png',
    '/\\evil.example/a.png',
    '\\\\evil.example\\a.png',
    '/\t/evil.example/a.png',
    'https:evil.example',
    'https:/evil.example',
    'https:///evil.example',
    'https://\\evil.example',
    'https://shop.example@evil.example/',
    'https://example.com/a b.png',
    'https://example.com/"onerror="alert(1)',
    'https://example.com/\u202Egnp.exe\u2028',
    'images/mug.png',
    '',
    'x',
  ])
    assert.ok(!accepts(imageUrl, url), url);
});
