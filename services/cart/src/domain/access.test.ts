import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Access, mergeableBy, visibleTo } from './access.ts';
import { type Cart, deleteCart, openCart } from './cart.ts';
import { errorOf } from './testing.ts';

const moment = { now: '2026-02-14T15:00:00.000Z', expiresAt: '2026-02-21T15:00:00.000Z' };
const { state: ofUser } = openCart('c', 'user-1', moment);
const { state: ofGuest } = openCart('c', null, moment);
const user = (userId: string | undefined, secretOf = ''): Access => ({
  userId,
  knowsSecretOf: (cartId) => cartId === secretOf,
});
const guest = user(undefined, 'c');

function assertNotFound(decide: () => unknown): void {
  assert.deepEqual(errorOf(decide), { kind: 'notFound', code: 'cart-not-found' });
}

test("a user's cart is visible to its user alone", () => {
  assert.equal(visibleTo(user('user-1'), ofUser), ofUser);
  for (const other of [user('user-2'), user(undefined), user('user-2', 'c'), guest])
    assertNotFound(() => visibleTo(other, ofUser));
});

test("security 6: a guest's cart is visible with its secret, and its public id grants nothing", () => {
  assert.equal(visibleTo(guest, ofGuest), ofGuest);
  assert.equal(visibleTo(user('user-1', 'c'), ofGuest), ofGuest);
  for (const other of [user('user-1'), user(undefined), user(undefined, 'another')])
    assertNotFound(() => visibleTo(other, ofGuest));
});

test('a missing or deleted cart is not visible, a closed one still is', () => {
  assertNotFound(() => visibleTo(guest, undefined));
  assertNotFound(() => visibleTo(guest, deleteCart(ofGuest, moment).state));
  assertNotFound(() => visibleTo(user('user-1'), deleteCart(ofUser, moment).state));
  for (const status of ['checkedOut', 'merged'] as const)
    assert.equal(visibleTo(user('user-1'), { ...ofUser, status }).status, status);
});

test('core 14: the source of a merge is known to that merge after its deletion, and to no other caller or target', () => {
  const deleted: Cart = { ...ofGuest, status: 'deleted', mergedInto: 'target' };
  assert.equal(mergeableBy(guest, deleted, 'target'), deleted);
  assertNotFound(() => mergeableBy(guest, deleted, 'other'));
  assertNotFound(() => mergeableBy(user('user-1'), deleted, 'target'));
  assertNotFound(() => mergeableBy(guest, deleteCart(ofGuest, moment).state, 'target'));
  assert.equal(mergeableBy(guest, ofGuest, 'target'), ofGuest);
});
