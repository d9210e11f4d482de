import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { claimsOf, type StockClaim } from './reservation.ts';

const T0 = '2026-02-14T15:00:00.000Z';

const change = {
  cartId: 'c',
  userId: null,
  productId: 'p',
  priceAtAdd: 1,
  timestamp: T0,
  cartVersion: 7,
} satisfies Partial<EventOf<'ProductAddedToCart'>>;
const closed = {
  cartId: 'c',
  userId: null,
  items: [
    { productId: 'p', qty: 2, priceAtAdd: 1 },
    { productId: 'q', qty: 3, priceAtAdd: 1 },
  ],
  totalAmount: 5,
  currency: 'USD',
  timestamp: T0,
  cartVersion: 7,
};

const claimsByEvent: [string, TandemEvent, [StockClaim['kind'], string, number][]][] = [
  ['added', { eventType: 'ProductAddedToCart', ...change, qty: 2, lineQty: 5 }, [['hold', 'p', 5]]],
  ['added, without lineQty', { eventType: 'ProductAddedToCart', ...change, qty: 2 }, [['hold', 'p', 2]]],
  [
    'removed in part',
    { eventType: 'ProductRemovedFromCart', ...change, qty: 2, lineQty: 3 },
    [['hold', 'p', 3]],
  ],
  [
    'removed, without lineQty',
    { eventType: 'ProductRemovedFromCart', ...change, qty: 2 },
    [['hold', 'p', 0]],
  ],
  [
    'moved to another cart, whose event says so',
    {
      eventType: 'ProductRemovedFromCart',
      ...change,
      qty: 2,
      lineQty: 0,
      movedTo: { cartId: 'd', cartVersion: 3 },
    },
    [],
  ],
  [
    'expired',
    { eventType: 'CartExpired', ...closed },
    [
      ['hold', 'p', 0],
      ['hold', 'q', 0],
    ],
  ],
  [
    'checked out',
    { eventType: 'CartCheckedOut', ...closed },
    [
      ['consume', 'p', 2],
      ['consume', 'q', 3],
    ],
  ],
  ['asked for a snapshot', { eventType: 'ProductSnapshotRequested', requestId: 'r', timestamp: T0 }, []],
];

for (const [name, event, claims] of claimsByEvent) {
  test(`what a cart's event claims: ${name}`, () => {
    assert.deepEqual(
      claimsOf(event),
      claims.map(([kind, productId, qty]) => ({ kind, productId, cartId: 'c', cartVersion: 7, qty })),
    );
  });
}

test('what a cart takes over from another one is released there and held here', () => {
  const movedFrom = [{ cartId: 'guest', cartVersion: 5 }];
  const claims = claimsOf({ eventType: 'ProductAddedToCart', ...change, qty: 2, lineQty: 6, movedFrom });
  assert.deepEqual(claims, [
    { kind: 'hold', productId: 'p', cartId: 'guest', cartVersion: 5, qty: 0, movedTo: 'c' },
    { kind: 'hold', productId: 'p', cartId: 'c', cartVersion: 7, qty: 6 },
  ]);
});
