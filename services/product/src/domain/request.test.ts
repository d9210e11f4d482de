import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { cartsOf, sortRequests, requestsOf, type StockRequest } from './request.ts';
import { request, T0 } from './testing.ts';

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
  userId: 'u',
  items: [
    { productId: 'p', qty: 2, priceAtAdd: 1 },
    { productId: 'q', qty: 3, priceAtAdd: 1 },
  ],
  totalAmount: 5,
  currency: 'USD',
  timestamp: T0,
  cartVersion: 7,
};
const movedFrom = [{ cartId: 'guest', cartVersion: 5 }];

type Expected = [kind: StockRequest['kind'], productId: string, qty: number];
const requestsByEvent: [string, TandemEvent, Expected[]][] = [
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
    'moved to another cart, whose event moves the units',
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
      ['sell', 'p', 2],
      ['sell', 'q', 3],
    ],
  ],
  [
    'hold requested',
    { eventType: 'InventoryReservationRequested', ...closed, items: [{ productId: 'p', qty: 4 }] },
    [['hold', 'p', 4]],
  ],
  ['snapshot requested', { eventType: 'ProductSnapshotRequested', requestId: 'r', timestamp: T0 }, []],
];

for (const [name, event, requests] of requestsByEvent) {
  test(`stock requests of a cart event: ${name}`, () => {
    assert.deepEqual(
      requestsOf(event).map(({ kind, productId, qty, cartId, cartVersion }) => [
        kind,
        productId,
        qty,
        cartId,
        cartVersion,
      ]),
      requests.map((expected) => [...expected, 'c', 7]),
    );
  });
}

test('core 14: quantities of a product that occurs twice in an order add up', () => {
  const items = [3, 2].map((qty) => ({ productId: 'p', qty, priceAtAdd: 1 }));
  const [first, ...rest] = requestsOf({ eventType: 'CartCheckedOut', ...closed, items });
  assert.deepEqual([first?.qty, rest], [5, []]);
});

test('a request distinguishes guests from users, and includes the carts whose units it moves', () => {
  const event = { eventType: 'ProductAddedToCart', ...change, qty: 2, lineQty: 6, movedFrom } as const;
  const [added] = requestsOf(event);
  assert.deepEqual([added?.holder, added && cartsOf(added)], ['guest', ['c', 'guest']]);
  assert.equal(requestsOf({ eventType: 'CartExpired', ...closed })[0]?.holder, 'user');
});

const namesOf = (requests: readonly StockRequest[]) =>
  requests.map(({ cartId, cartVersion }) => `${cartId}${cartVersion}`);

test('requests are sorted by cart version, with releases first', () => {
  const batch = [request('a', 3, 0), request('b', 1, 4), request('a', 2, 5), request('c', 9, 0)];
  assert.deepEqual(namesOf(sortRequests(batch)), ['a2', 'a3', 'c9', 'b1']);
});

test('a request that moves units is sorted after the requests that reserved them for the other cart', () => {
  const moves = (cartId: string, cartVersion: number, from: string, fromVersion: number) =>
    request(cartId, cartVersion, 1, { movedFrom: [{ cartId: from, cartVersion: fromVersion }] });
  const chain = [moves('c', 7, 'b', 4), moves('b', 3, 'a', 2), request('a', 1, 1)];
  assert.deepEqual(namesOf(sortRequests(chain)), ['a1', 'b3', 'c7']);
});

test('sorting terminates for carts that move to each other', () => {
  const batch = [
    request('a', 3, 1, { movedFrom: [{ cartId: 'b', cartVersion: 9 }] }),
    request('b', 3, 1, { movedFrom: [{ cartId: 'a', cartVersion: 9 }] }),
  ];
  assert.equal(sortRequests(batch).length, 2);
});
