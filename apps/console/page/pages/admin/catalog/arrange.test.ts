import assert from 'node:assert/strict';
import { test } from 'node:test';
import { product } from '../testing.ts';
import { arrange, PAGE_SIZE, pageOf, viewFrom } from './arrange.ts';

const products = [
  product({
    productId: 'tyre-28',
    name: 'Tyre 28", reinforced',
    category: 'parts',
    price: 3_990,
    inventory: 2,
  }),
  product({ productId: 'bell-duo', name: 'Bell Duo, two tones', price: 1_490, inventory: 250 }),
  product({
    productId: 'mug-10',
    name: 'Café mug 10',
    category: 'gifts',
    price: 990,
    currency: 'USD',
    inventory: 5,
  }),
  product({ productId: 'mug-9', name: 'Café mug 9', category: 'gifts', price: 1_990, inventory: 0 }),
];
const ids = (query: string) =>
  arrange(products, viewFrom(new URLSearchParams(query))).map(({ productId }) => productId);

test('M8: a search finds words of names by their beginnings, whatever their case and accents, and ids', () => {
  assert.deepEqual(ids('q=BELL+tw'), ['bell-duo']);
  assert.deepEqual(ids('q=cafe'), ['mug-9', 'mug-10']);
  assert.deepEqual(ids('q=28"'), ['tyre-28']);
  assert.deepEqual(ids('q=tyre-2'), ['tyre-28']);
  assert.deepEqual(ids('q=ell'), []);
});

test('filters narrow a search, and the order is by any column, both ways', () => {
  assert.deepEqual(ids(''), ['bell-duo', 'mug-9', 'mug-10', 'tyre-28']);
  assert.deepEqual(ids('category=gifts'), ['mug-9', 'mug-10']);
  assert.deepEqual(ids('available=2&sort=inventory'), ['mug-9', 'tyre-28']);
  assert.deepEqual(ids('available=0'), ['mug-9']);
  assert.deepEqual(ids('sort=-inventory'), ['bell-duo', 'mug-10', 'tyre-28', 'mug-9']);
  // Amounts of different currencies cannot be compared.
  assert.deepEqual(ids('sort=price'), ['bell-duo', 'mug-9', 'tyre-28', 'mug-10']);
  assert.deepEqual(ids('sort=category'), ['bell-duo', 'mug-9', 'mug-10', 'tyre-28']);
});

test('what an address says wrongly counts as absent', () => {
  const { atMost, sort, page } = viewFrom(new URLSearchParams('available=-1&sort=drop&page=0'));
  assert.deepEqual([atMost, sort, page], [undefined, 'name', 1]);
  assert.equal(viewFrom(new URLSearchParams('available=x')).atMost, undefined);
});

test('pages have each product once; a page beyond the last one is the last one', () => {
  const items = Array.from({ length: 2 * PAGE_SIZE + 1 }, (_, item) => item);
  const all = [1, 2, 3].flatMap((page) => pageOf(items, page).items);
  assert.deepEqual(all, items);
  assert.deepEqual([pageOf(items, 9).page, pageOf(items, 9).items.length], [3, 1]);
  assert.deepEqual(pageOf([], 1), { items: [], start: 0, page: 1, pages: 1 });
});
