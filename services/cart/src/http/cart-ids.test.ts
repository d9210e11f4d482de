import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isGuestCartId,
  newGuestCartId,
  newUserCartId,
  openCartId,
  publicIdOf,
  sealCartId,
} from './cart-ids.ts';

test("security 6: the id of a guest's cart has a secret of 128 bits, from which the public id is derived by a one-way hash", () => {
  const cartId = newGuestCartId();
  assert.match(cartId, /^guest-[\w-]{22}$/);
  assert.equal(Buffer.from(cartId.slice('guest-'.length), 'base64url').length, 16);
  assert.notEqual(newGuestCartId(), cartId);
  const publicId = publicIdOf(cartId);
  assert.match(publicId, /^cart-[\w-]{22}$/);
  assert.equal(publicIdOf(cartId), publicId);
  assert.ok(!publicId.includes(cartId.slice('guest-'.length, 12)));
  assert.equal(publicIdOf('guest-AAAAAAAAAAAAAAAAAAAAAA'), 'cart-ilvbTMFRZBJsbvJmjendJA');
});

test('other ids contain no secret: they are their own public ids', () => {
  const mine = newUserCartId();
  assert.match(mine, /^cart-[\w-]{22}$/);
  for (const id of [mine, publicIdOf(newGuestCartId()), 'guest-short', `${newGuestCartId()}x`, '']) {
    assert.equal(publicIdOf(id), id);
    assert.equal(isGuestCartId(id), false);
  }
  assert.equal(isGuestCartId(newGuestCartId()), true);
});

test('a sealed id can be opened by its key only, and differs each time', () => {
  const cartId = newGuestCartId();
  const sealed = sealCartId(cartId, 'order-1');
  assert.equal(openCartId(sealed, 'order-1'), cartId);
  assert.notEqual(sealCartId(cartId, 'order-1'), sealed);
  assert.ok(!Buffer.from(sealed, 'base64url').includes(cartId.slice('guest-'.length)));
  assert.throws(() => openCartId(sealed, 'order-2'));
  assert.throws(() => openCartId(`${sealed.slice(0, -4)}AAAA`, 'order-1'));
});
