import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { visibleTo } from './access.ts';
import { type Cart, deleteCart, openCart } from './cart.ts';

const moment = { now: '2026-02-14T15:00:00.000Z', expiresAt: '2026-02-21T15:00:00.000Z' };
const { state: ofUser } = openCart('c', 'user-1', moment);
const { state: ofGuest } = openCart('c', null, moment);

function assertNotFound(caller: string | undefined, cart: Cart | undefined): void {
  assert.throws(
    () => visibleTo(caller, cart, 'c'),
    (error) => error instanceof DomainError && error.kind === 'notFound' && error.code === 'cart-not-found',
  );
}

test("a user's cart is there for its user alone", () => {
  assert.equal(visibleTo('user-1', ofUser, 'c'), ofUser);
  assertNotFound('user-2', ofUser);
  assertNotFound(undefined, ofUser);
});

test("a guest's cart is there for whoever knows its id", () => {
  assert.equal(visibleTo(undefined, ofGuest, 'c'), ofGuest);
  assert.equal(visibleTo('user-1', ofGuest, 'c'), ofGuest);
});

test('a cart that is missing or deleted is there for nobody, one that is closed still is', () => {
  assertNotFound(undefined, undefined);
  assertNotFound(undefined, deleteCart(ofGuest, moment).state);
  assertNotFound('user-1', deleteCart(ofUser, moment).state);
  for (const status of ['checkedOut', 'merged'] as const)
    assert.equal(visibleTo('user-1', { ...ofUser, status }, 'c').status, status);
});
