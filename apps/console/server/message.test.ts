import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessage, redactCartIds, subjectOf } from './message.ts';

const PUBLIC = 'cart-2f0c51deQa604b8e9d3c1f';
const SECRET = '7a60Bb8e9d3c-f4e5a_b7c8';
const GUEST = `guest-${SECRET}`;

test('a summary has the ids of the event, with the public id of its cart', () => {
  const body = JSON.stringify({
    eventType: 'ProductAddedToCart',
    eventId: `cart/${PUBLIC}/4/0`,
    cartId: PUBLIC,
    productId: 'mug',
    timestamp: '2026-02-14T15:00:00Z',
  });
  assert.deepEqual(
    readMessage(body, { traceparent: { StringValue: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } }),
    {
      event: {
        eventId: `cart/${PUBLIC}/4/0`,
        eventType: 'ProductAddedToCart',
        productId: 'mug',
        cartId: PUBLIC,
      },
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      committedAt: Date.parse('2026-02-14T15:00:00Z'),
    },
  );
});

test('a redacted path has public cart ids and never the secret id of a guest cart', () => {
  assert.equal(redactCartIds(`/carts/${PUBLIC}/items/mug`), `/carts/${PUBLIC}/items/mug`);
  assert.equal(redactCartIds(`/carts/${GUEST}/items/mug`), '/carts/guest-…/items/mug');
  for (const path of [
    `/carts//${GUEST}`,
    `/%63arts/${GUEST}`,
    `/carts%2F${GUEST}`,
    `/carts/%67uest-${SECRET}`,
    `/carts/%2567uest-${SECRET}`,
    `/products/../carts/${GUEST}`,
    `/%/carts/${GUEST}`,
  ])
    assert.ok(!redactCartIds(path).includes(SECRET.slice(0, 4)), path);
  assert.equal(redactCartIds('/products/guest-towel'), '/products/guest-towel');
});

test('a path names its product and the public id of its cart', () => {
  assert.deepEqual(subjectOf('/products/mug/stock'), { productId: 'mug' });
  assert.deepEqual(subjectOf(`/carts/${PUBLIC}/items/mug`), { productId: 'mug', cartId: PUBLIC });
  const secret = 'Ab3_'.repeat(5) + 'xy';
  const { cartId = '' } = subjectOf(`/carts/guest-${secret}/items`);
  assert.match(cartId, /^cart-/);
  assert.ok(!cartId.includes(secret.slice(0, 8)));
  for (const path of ['/', '/products', '/products/', '/products/import', '/carts', '/carts/nobody', '/%'])
    assert.deepEqual(subjectOf(path), {}, path);
});

test('any message body can be summarised', () => {
  for (const body of ['', 'nonsense', 'null', '[]', '7', '{"eventType":7,"updatedAt":true}'])
    assert.deepEqual(readMessage(body).event, { eventId: '', eventType: 'unknown' }, body);
  const attributes = { eventType: { StringValue: 'X' }, eventId: { StringValue: `cart/${PUBLIC}/1/0` } };
  assert.deepEqual(readMessage('nonsense', attributes).event, {
    eventId: `cart/${PUBLIC}/1/0`,
    eventType: 'X',
  });
});
