import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCauseChanged } from './error-causes.ts';
import { cartOf, dearer, line } from './testing.ts';

test('the errors of a line stay until that line changes, other than by its hold', () => {
  const bowl = { ...line, productId: 'bowl' };
  const before = cartOf({ ...line, hold: 'pending' }, bowl);
  const held = cartOf({ ...line, hold: 'held', heldUntil: 'later' }, bowl);
  for (const action of ['line:mug', 'add:mug', 'line:bowl', 'add:bowl', 'add:lamp'])
    assert.equal(isCauseChanged(action, before, held), false, action);
  const dearerMug = cartOf(dearer, bowl);
  assert.equal(isCauseChanged('line:mug', before, dearerMug), true);
  assert.equal(isCauseChanged('add:mug', before, dearerMug), true);
  assert.equal(isCauseChanged('line:bowl', before, dearerMug), false);
});

test('a product in another currency can be tried again once other products are in the cart', () => {
  const bowl = { ...line, productId: 'bowl' };
  assert.equal(isCauseChanged('add:lamp', cartOf(line), cartOf(dearer)), false);
  assert.equal(isCauseChanged('add:lamp', cartOf(line, bowl), cartOf(line)), true);
  assert.equal(isCauseChanged('add:lamp', cartOf(line), cartOf()), true);
});

test('a checkout can be tried again once anything but the end of a hold has changed', () => {
  const before = cartOf({ ...line, hold: 'pending' });
  assert.equal(
    isCauseChanged('checkout', before, cartOf({ ...line, hold: 'pending', heldUntil: 'later' })),
    false,
  );
  assert.equal(isCauseChanged('checkout', before, cartOf({ ...line, hold: 'held' })), true);
  assert.equal(isCauseChanged('checkout', before, cartOf()), true);
});
