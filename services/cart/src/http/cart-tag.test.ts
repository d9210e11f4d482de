import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePreconditions } from '@tandem/chassis/http/preconditions';
import { cartWith, catalogOf, product, withReserved } from '../domain/testing.ts';
import { type CartView, type VisibleCart, viewOf } from '../domain/view.ts';
import { allowsWriteOn, cartTag } from './cart-tag.ts';

const cart = cartWith('c', [[product('p'), 2]]) as VisibleCart;
const view = viewOf(cart, catalogOf(product('p')));
const changes: [name: string, CartView, isContent: boolean][] = [
  ['a version', { ...view, version: 99 }, false],
  ['a hold', viewOf(withReserved(cart) as VisibleCart, catalogOf(product('p'))), false],
  ['available units', viewOf(cart, catalogOf(product('p', { inventory: 9 }))), false],
  ['a name', viewOf(cart, catalogOf(product('p', { name: 'New' }))), false],
  ['a price', viewOf(cart, catalogOf(product('p', { price: 1 }))), true],
  ['a currency', viewOf(cart, catalogOf(product('p', { currency: 'EUR' }))), true],
  ['a deleted product', viewOf(cart, catalogOf({ productId: 'p', version: 2, deleted: true })), true],
  [
    'a quantity',
    viewOf({ ...cart, lines: cart.lines.map((line) => ({ ...line, qty: 3 })) }, catalogOf()),
    true,
  ],
  ['a status', { ...view, status: 'merged' }, true],
];

for (const [name, changedView, isContent] of changes) {
  test(`core 6: a change of ${name} changes the tag, and ${isContent ? 'fails' : 'does not fail'} If-Match`, () => {
    const tag = cartTag(view);
    assert.notEqual(cartTag(changedView), tag);
    const ifMatch = parsePreconditions({ 'if-match': `"x", ${tag}` });
    assert.equal(allowsWriteOn(view, ifMatch), true);
    assert.equal(allowsWriteOn(changedView, ifMatch), !isContent);
    const ifNoneMatch = parsePreconditions({ 'if-none-match': tag });
    assert.deepEqual(
      [allowsWriteOn(view, ifNoneMatch), allowsWriteOn(changedView, ifNoneMatch)],
      [false, true],
    );
  });
}

test('a tag is strong, has two parts, and does not depend on the id of the cart', () => {
  assert.match(cartTag(view), /^"[0-9a-f]{16}-[0-9a-f]{12}"$/);
  assert.equal(cartTag({ ...view, cartId: 'guest-secret' }), cartTag(view));
});

test('If-Match succeeds with a tag that has an encoding suffix, and with *; it fails with a weak or another tag', () => {
  const tag = cartTag(view);
  const allows = (ifMatch?: string) => allowsWriteOn(view, parsePreconditions({ 'if-match': ifMatch }));
  assert.equal(allows(tag.replace(/"$/, '-gzip"')), true);
  for (const otherTag of [`W/${tag}`, '"bogus"', tag.replace(/-.*/, '"').replace(/^"./, '"x')])
    assert.equal(allows(otherTag), false, otherTag);
  for (const anyTag of ['*', undefined]) assert.equal(allows(anyTag), true);
  assert.equal(allowsWriteOn(view, parsePreconditions({ 'if-none-match': '*' })), false);
});
