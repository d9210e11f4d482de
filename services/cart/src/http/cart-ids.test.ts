import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isGuestCartId,
  newGuestCartId,
  newUserCartId,
  openedAtOf,
  openCartId,
  publicIdOf,
  sealCartId,
} from './cart-ids.ts';

const OPENED_AT = Date.parse('2026-02-14T15:00:00.123Z');

test("security 6: the id of a guest's cart has a secret of 128 bits, from which the public id is derived by a one-way hash", () => {
  const cartId = newGuestCartId(OPENED_AT);
  assert.match(cartId, /^guest-[\w-]{36}$/);
  const secrets = new Set(Array.from({ length: 100 }, () => newGuestCartId(OPENED_AT).slice(6, 6 + 21)));
  assert.equal(secrets.size, 100);
  assert.notEqual(newGuestCartId(OPENED_AT), cartId);
  const publicId = publicIdOf(cartId);
  assert.match(publicId, /^cart-[\w-]{22}$/);
  assert.equal(publicIdOf(cartId), publicId);
  assert.ok(!publicId.includes(cartId.slice('guest-'.length, 12)));
  assert.equal(publicIdOf('guest-AAAAAAAAAAAAAAAAAAAAAA'), 'cart-ilvbTMFRZBJsbvJmjendJA');
});

test('other ids contain no secret: they are their own public ids', () => {
  const mine = newUserCartId();
  assert.match(mine, /^cart-[\w-]{22}$/);
  for (const id of [
    mine,
    publicIdOf(newGuestCartId(OPENED_AT)),
    'guest-short',
    `${newGuestCartId(OPENED_AT)}x`,
    '',
  ]) {
    assert.equal(publicIdOf(id), id);
    assert.equal(isGuestCartId(id), false);
  }
  assert.equal(isGuestCartId(newGuestCartId(OPENED_AT)), true);
});

test('a sealed id can be opened by its key only, and differs each time', () => {
  const cartId = newGuestCartId(OPENED_AT);
  const sealed = sealCartId(cartId, 'order-1');
  assert.equal(openCartId(sealed, 'order-1'), cartId);
  assert.notEqual(sealCartId(cartId, 'order-1'), sealed);
  assert.ok(!Buffer.from(sealed, 'base64url').includes(cartId.slice('guest-'.length)));
  assert.throws(() => openCartId(sealed, 'order-2'));
  assert.throws(() => openCartId(`${sealed.slice(0, -4)}AAAA`, 'order-1'));
});

test("security 2: the id of a guest's cart has the time of its opening; a modified or made-up id has none", () => {
  const cartId = newGuestCartId(OPENED_AT);
  assert.equal(openedAtOf(cartId), OPENED_AT);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let i = 'guest-'.length; i < cartId.length; i++) {
    const other = alphabet[(alphabet.indexOf(cartId.charAt(i)) + 1) % 64];
    const modified = `${cartId.slice(0, i)}${other}${cartId.slice(i + 1)}`;
    assert.equal(openedAtOf(modified), undefined, modified);
  }
  for (const id of ['', 'none', 'guest-', newUserCartId(), publicIdOf(cartId), `guest-${'A'.repeat(36)}`])
    assert.equal(openedAtOf(id), undefined, id);
  for (const id of ['guest-AAAAAAAAAAAAAAAAAAAAAA', cartId.slice(0, -1), `${cartId}A`, cartId.toUpperCase()])
    assert.equal(openedAtOf(id), undefined, id);
});
