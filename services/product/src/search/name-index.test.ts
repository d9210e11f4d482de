import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { createNameIndex, type NameQuery } from './name-index.ts';

const NAMES: Readonly<Record<string, readonly [name: string, category?: string]>> = {
  'bell-duo': ['Bell Duo, two tones', 'accessories'],
  'cow-bell': ['Cow bell', 'toys'],
  belt: ['Belt, steel'],
  'cafe-belt': ['Café belt', 'toys'],
  tyre: ['Tyre 28", reinforced', 'parts'],
};

function openIndex(maxSize = 100) {
  const index = createNameIndex(maxSize);
  for (const [productId, [name, category]] of Object.entries(NAMES)) index.set({ productId, name, category });
  const find = (text: string, query: Partial<NameQuery> = {}) =>
    index.search({ text, limit: 100, ...query }).productIds;
  return { index, find };
}

test('each word must begin a word of the name; names that begin with the first word come first', () => {
  const { find } = openIndex();
  assert.deepEqual(find('bel'), ['bell-duo', 'belt', 'cafe-belt', 'cow-bell']);
  assert.deepEqual(find('tones BELL'), ['bell-duo']);
  assert.deepEqual(find('bell bell'), ['bell-duo', 'cow-bell']);
  assert.deepEqual(find('cafe'), ['cafe-belt']);
  assert.deepEqual(find('28" rein'), ['tyre']);
  for (const text of ['ell', 'bell tyre', '', '!', 'bellduo', '__proto__'])
    assert.deepEqual(find(text), [], text);
});

test('a category limits a search', () => {
  const { find } = openIndex();
  assert.deepEqual(find('bel', { category: 'toys' }), ['cafe-belt', 'cow-bell']);
  assert.deepEqual(find('bel', { category: 'none' }), []);
});

test('a changed or deleted product is found by its present name alone', () => {
  const { index, find } = openIndex();
  index.set({ productId: 'belt', name: 'Strap', category: 'straps' });
  index.delete('cow-bell');
  index.delete('unknown');
  assert.deepEqual(find('bel'), ['bell-duo', 'cafe-belt']);
  assert.deepEqual(find('strap', { category: 'straps' }), ['belt']);
});

test('pages have each match once, also while the index changes', () => {
  const { index } = openIndex();
  const all = { text: 'b', limit: 1 };
  const found: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = index.search({ ...all, cursor });
    found.push(...page.productIds);
    if (found.length === 2) {
      index.delete('belt');
      index.set({ productId: 'a', name: 'Bag' });
    }
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  assert.deepEqual(found, ['bell-duo', 'belt', 'cafe-belt', 'cow-bell']);
});

test('a cursor of another search is rejected', () => {
  const { index } = openIndex();
  const cursor = String(index.search({ text: 'bel', limit: 1 }).cursor);
  assert.equal(index.search({ text: ' BÉL', limit: 1, cursor }).productIds.length, 1);
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [list] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string];
  for (const query of [
    { text: 'be', cursor },
    { text: 'bel', category: 'toys', cursor },
    ...['', 'x', '%', forged([]), forged({}), forged([list]), forged([list, [2, 'a', 'b']])].map(
      (cursor) => ({
        text: 'bel',
        cursor,
      }),
    ),
    { text: 'bel', cursor: forged([list, [0, 'a', { toString: 'b' }]]) },
  ])
    assert.throws(
      () => index.search({ limit: 1, ...query }),
      (error) => error instanceof DomainError && error.kind === 'invalid',
      JSON.stringify(query),
    );
});

test('a full index leaves new products out and says so; it still changes and deletes those that it has', () => {
  const { index, find } = openIndex(5);
  assert.equal(index.isFull(), false);
  index.set({ productId: 'belt', name: 'Bell, small' });
  assert.equal(index.isFull(), false);
  index.set({ productId: 'new', name: 'Bell, new' });
  assert.deepEqual([index.isFull(), index.size(), find('new')], [true, 5, []]);
  assert.deepEqual(find('small'), ['belt']);
});
