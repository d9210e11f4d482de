import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable, printableLines, showable } from './printable.ts';

test('no control sequence reaches a terminal (security 11)', () => {
  assert.equal(printable('x\u001B]0;TITLE\u0007\u001B[2J'), String.raw`x\u001b]0;TITLE\u0007\u001b[2J`);
  assert.equal(printable('\u001B]52;c;cm0=\u0007'), String.raw`\u001b]52;c;cm0=\u0007`);
  assert.equal(printable('\u009B2J\u009D0;TITLE\u009C\u007F'), String.raw`\u009b2J\u009d0;TITLE\u009c\u007f`);
  assert.equal(printable('one\r\ntwo\tthree\u2028four'), String.raw`one\u000d\u000atwo\u0009three\u2028four`);
});

test('no character is invisible, or reorders the others (security 11)', () => {
  const hidden = '\u202E\u2066\u200B\u200E\u061C\uFEFF\u00AD\u2060\u3164\u115F\u180E\uFE0F\u{E0041}\uD800';
  const shown = printable(hidden);
  assert.match(shown, /^[\x20-\x7e]+$/);
  assert.equal(JSON.parse(`"${shown}"`), hidden);
});

test('what can be read stays as it is', () => {
  for (const text of ['Café – 5 €', 'Cafe\u0301', '自転車 🚲', 'سلام', String.raw`a\b`, 'no-break\u00A0space'])
    assert.equal(printable(text), text);
});

test('a text for a page keeps emoji and any language, and is still one line in its own order', () => {
  for (const text of [
    '❤\uFE0F mug',
    '👩\u200D🚀',
    'می\u200Cخواهم',
    '🏴\u{E0067}\u{E0062}\u{E007F}',
    'क्\u200Dष',
  ])
    assert.equal(showable(text), text);
  const hidden = '\u001B[2J\u009B\r\n\t\u2028\u2029\u202A\u202E\u2066\u2069\u200E\u200F\u061C\uD800';
  const shown = showable(hidden);
  assert.match(shown, /^[\x20-\x7e]+$/);
  assert.equal(JSON.parse(`"${shown}"`), hidden);
});

test('lines stay lines, and JSON the same JSON', () => {
  const value = { name: 'a\u009Bb\u{E0041}\u202E', lines: ['\u001B\n'] };
  const text = printableLines(JSON.stringify(value, undefined, 2));
  assert.match(text, /^[\n\x20-\x7e]+$/);
  assert.deepEqual(JSON.parse(text), value);
});
