import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Product } from '../../commerce.ts';
import {
  categoriesOf,
  matches,
  PAGE_SIZE,
  parametersOf,
  partOf,
  selectionFrom,
  sorted,
} from './catalog-selection.ts';

const product = (name: string, price: number, currency = 'EUR', category?: string): Product => ({
  productId: name,
  name,
  price,
  currency,
  ...(category !== undefined && { category }),
  inventory: 1,
  onHand: 1,
  held: 0,
  version: 1,
});

test('an address selects search, category, order and page; what it does not know has its default', () => {
  const selection = { q: 'red', category: 'lights', sorting: '-price', page: 3 } as const;
  const parameters = parametersOf(selection) as Record<string, string>;
  assert.deepEqual(selectionFrom(new URLSearchParams(parameters)), selection);
  const defaults = { q: '', category: '', sorting: 'name', page: 1 } as const;
  for (const text of ['', 'page=0&sort=stock', 'page=-1', 'page=1.5', 'page=x'])
    assert.deepEqual(selectionFrom(new URLSearchParams(text)), defaults, text);
  assert.ok(Object.values(parametersOf(defaults)).every((value) => !value));
});

test('products are sorted by name or by price, each currency by itself', () => {
  const products = [product('Öl', 500), product('Lamp', 900), product('Bell', 500), product('Mug', 7, 'JPY')];
  const names = (sorting: 'name' | 'price' | '-price') => sorted(products, sorting).map(({ name }) => name);
  assert.deepEqual(names('name'), ['Bell', 'Lamp', 'Mug', 'Öl']);
  assert.deepEqual(names('price'), ['Bell', 'Öl', 'Lamp', 'Mug']);
  assert.deepEqual(names('-price'), ['Lamp', 'Bell', 'Öl', 'Mug']);
});

test('a list has pages; a page beyond the last one is the last one', () => {
  const list = Array.from({ length: 2 * PAGE_SIZE + 1 }, (_, index) => index + 1);
  const part = (page: number) => {
    const { items, ...numbers } = partOf(list, page);
    return [items.length, numbers];
  };
  assert.deepEqual(part(2), [12, { page: 2, pageCount: 3, first: 13, last: 24, total: 25 }]);
  assert.deepEqual(part(9), [1, { page: 3, pageCount: 3, first: 25, last: 25, total: 25 }]);
  assert.deepEqual(partOf([], 1), { items: [], page: 1, pageCount: 1, first: 0, last: 0, total: 0 });
});

test('categories are named once', () => {
  const products = [product('a', 1, 'EUR', 'lights'), product('b', 1, 'EUR', 'bags'), product('c', 1)];
  assert.deepEqual(categoriesOf([...products, ...products]), ['bags', 'lights']);
});

test('a search finds beginnings of words in any order, without regard to case and accents', () => {
  for (const q of ['', 'tan', 'GRAVEL tand', 'tandem bicycle', ' bi,'])
    assert.ok(matches('Tandem bicycle Gravel', q), q);
  for (const q of ['andem', 'tandem road', 'bicycles']) assert.ok(!matches('Tandem bicycle Gravel', q), q);
  assert.ok(matches('Vélo 28"', 'velo 28'));
});
