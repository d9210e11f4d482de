import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { readMessage, withoutCarts } from './message.ts';

const CART = 'cart-2f0c51de-7a60-4b8e-9d3c-1f4e5a6b7c8d';
const ALIAS = `cart-2f0c51de…${createHash('sha256').update(CART).digest('hex').slice(0, 8)}`;

test('of a cart only the beginning is told, wherever its id is', () => {
  const body = JSON.stringify({
    eventType: 'ProductAddedToCart',
    eventId: `cart/${CART}/4/0`,
    cartId: CART,
    productId: 'mug',
    timestamp: '2026-02-14T15:00:00Z',
  });
  assert.deepEqual(
    readMessage(body, { traceparent: { StringValue: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } }),
    {
      seen: {
        eventId: `cart/${ALIAS}/4/0`,
        eventType: 'ProductAddedToCart',
        productId: 'mug',
        cart: 'cart-2f0c51de',
      },
      traceId: 'a'.repeat(32),
      committedAt: Date.parse('2026-02-14T15:00:00Z'),
    },
  );
  assert.equal(withoutCarts(`/carts/${CART}/items/mug`), '/carts/cart-2f0c51de…/items/mug');
  for (const path of [
    `/carts//${CART}`,
    `/%63arts/${CART}`,
    `/carts%2F${CART}`,
    `/products/../carts/${CART}`,
    `/%/carts/${CART}`,
  ])
    assert.ok(!withoutCarts(path).includes(CART), path);
  assert.equal(withoutCarts('/products/cart-2f0c51de-7a60'), '/products/cart-2f0c51de-7a60');
});

test('a message is read whatever it holds', () => {
  for (const body of ['', 'nonsense', 'null', '[]', '7', '{"eventType":7,"updatedAt":true}'])
    assert.deepEqual(readMessage(body).seen, { eventId: '', eventType: 'unknown' }, body);
  const attributes = { eventType: { StringValue: 'X' }, eventId: { StringValue: `cart/${CART}/1/0` } };
  assert.deepEqual(readMessage('nonsense', attributes).seen, {
    eventId: `cart/${ALIAS}/1/0`,
    eventType: 'X',
  });
});
