import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Access, mergeableBy, visibleTo } from './access.ts';
import { type Cart, deleteCart, openCart } from './cart.ts';
import { errorOf } from './testing.ts';

const times = { now: '2026-02-14T15:00:00.000Z', expiresAt: '2026-02-21T15:00:00.000Z' };
const { state: userCart } = openCart('c', 'user-1', times);
const { state: guestCart } = openCart('c', null, times);
const user = (userId: string | undefined, secretOf = ''): Access => ({
  userId,
  knowsSecretOf: (cartId) => cartId === secretOf,
});
const guest = user(undefined, 'c');

function assertNotFound(decide: () => unknown): void {
  assert.deepEqual(errorOf(decide), { kind: 'notFound', code: 'cart-not-found' });
}

test("a user's cart is visible to its user only", () => {
  assert.equal(visibleTo(user('user-1'), userCart), userCart);
  for (const access of [user('user-2'), user(undefined), user('user-2', 'c'), guest])
    assertNotFound(() => visibleTo(access, userCart));
});

test("security 6: a guest's cart is visible with its secret only, not with its public id", () => {
  assert.equal(visibleTo(guest, guestCart), guestCart);
  assert.equal(visibleTo(user('user-1', 'c'), guestCart), guestCart);
  for (const access of [user('user-1'), user(undefined), user(undefined, 'another')])
    assertNotFound(() => visibleTo(access, guestCart));
});

test('a missing or deleted cart is not visible; a checked-out or merged one is', () => {
  assertNotFound(() => visibleTo(guest, undefined));
  assertNotFound(() => visibleTo(guest, deleteCart(guestCart, times).state));
  assertNotFound(() => visibleTo(user('user-1'), deleteCart(userCart, times).state));
  for (const status of ['checkedOut', 'merged'] as const)
    assert.equal(visibleTo(user('user-1'), { ...userCart, status }).status, status);
});

test('core 14: a deleted source of a merge is accessible to a retry of that merge, and to no other caller or target', () => {
  const deleted: Cart = { ...guestCart, status: 'deleted', mergedInto: 'target' };
  assert.equal(mergeableBy(guest, deleted, 'target'), deleted);
  assertNotFound(() => mergeableBy(guest, deleted, 'other'));
  assertNotFound(() => mergeableBy(user('user-1'), deleted, 'target'));
  assertNotFound(() => mergeableBy(guest, deleteCart(guestCart, times).state, 'target'));
  assert.equal(mergeableBy(guest, guestCart, 'target'), guestCart);
});
