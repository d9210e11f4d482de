import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, { location: { hash: '#/shop' }, addEventListener() {} });
const { addressFrom, linkTo } = await import('./address.ts');

test('an address has a page, a path and parameters', () => {
  const { page, path, parameters } = addressFrom('#/flow/queue/x?since=15&q=a%26b');
  assert.deepEqual(
    [page, path, parameters.get('since'), parameters.get('q')],
    ['flow', 'queue/x', '15', 'a&b'],
  );
});

test('an empty or damaged address is the first page without a selection', () => {
  for (const hash of ['', '#', '#/', '#/%']) assert.equal(addressFrom(hash).path, '', hash);
  assert.equal(addressFrom('#/flow/%E0%A4%A').path, '');
  assert.equal(addressFrom('').page, '');
});

test('a link reads back as what it was made of, without empty parameters', () => {
  const link = linkTo('shop', 'red & blue/50 %', { q: 'ä #1', category: '', cursor: undefined });
  const { page, path, parameters } = addressFrom(link);
  assert.deepEqual([page, path, [...parameters]], ['shop', 'red & blue/50 %', [['q', 'ä #1']]]);
});
