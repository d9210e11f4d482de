import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, type CartDecision, openCart, removeItem, requestHolds, setQuantity } from './cart.ts';
import { renewHolds } from './hold.ts';
import { mergeCarts } from './merge.ts';
import { at, cartWith, catalogOf, product, withReserved } from './testing.ts';

const widget = product('p');
const catalog = catalogOf(widget, product('q'));
const { state: fresh } = openCart('cart-abc', null, at(0));

/** `opensCart` of each event. */
const marksOf = ({ events }: Pick<CartDecision, 'events'>) =>
  events.map((event) => ('opensCart' in event ? event.opensCart : undefined));

test('the first add opens the cart, also by its quantity; the events of later changes do not', () => {
  const added = addItem(fresh, widget, 2, at(1));
  assert.deepEqual(marksOf(added), [true]);
  assert.deepEqual(marksOf(setQuantity(fresh, 'p', catalog, 2, at(1))), [true]);

  const cart = added.state;
  for (const later of [
    addItem(cart, widget, 1, at(2)),
    addItem(cart, product('q'), 1, at(2)),
    setQuantity(cart, 'p', catalog, 1, at(2)),
    setQuantity(cart, 'p', catalog, 9, at(2)),
    removeItem(cart, 'p', at(2)),
    requestHolds(withReserved(cart), cart.lines, at(2)),
  ])
    assert.deepEqual(marksOf(later), [undefined]);
});

test('requests on a cart that nothing was added to do not open it; the next add does', () => {
  for (const { state, events } of [removeItem(fresh, 'p', at(1)), renewHolds(fresh, catalog, at(1))]) {
    assert.deepEqual(events, []);
    assert.deepEqual(marksOf(addItem(state, widget, 1, at(2))), [true]);
  }
});

test('a cart that was emptied is not opened again', () => {
  const { state: emptied } = removeItem(cartWith('cart-abc', [[widget, 1]]), 'p', at(2));
  assert.deepEqual(emptied.lines, []);
  assert.deepEqual(marksOf(addItem(emptied, widget, 1, at(3))), [undefined]);
});

test('a merge opens no cart: the shopper has opened the source, and its lines only move', () => {
  const source = cartWith('guest', [[widget, 1]], null);
  const { state: target } = openCart('mine', 'user-123', at(0));
  const merged = mergeCarts(target, source, catalog, { target: at(3), source: at(3) });
  assert.deepEqual(marksOf(merged.target), [undefined]);
  assert.deepEqual(marksOf(addItem(merged.target.state, product('q'), 1, at(4))), [undefined]);
});
