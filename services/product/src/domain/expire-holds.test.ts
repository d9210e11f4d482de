import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expireHolds } from './reserve.ts';
import { hold, productWith, summaryOf, T0, T1, T1_HELD_UNTIL, typesOf } from './testing.ts';

test('core 4: an overdue hold expires: its units are available again, and its expiry is published', () => {
  const before = [
    hold('c', 2, 4, { heldUntil: T0, dueAt: T0, requestedQty: 9, outcome: 'rejected' }),
    hold('d', 2, 1, { heldUntil: T1, dueAt: T0, holder: 'user' }),
  ];
  const { stock, held, events, responses, effects, states } = summaryOf(
    expireHolds(productWith(10, 5), before, T1),
  );
  assert.deepEqual([stock, held, effects.expired], [[10, 0], { c: 0, d: 0 }, 5]);
  assert.deepEqual(typesOf(events), ['ProductUpdated']);
  const [first] = responses;
  assert.deepEqual(typesOf(responses), ['InventoryReservationExpired', 'InventoryReservationExpired']);
  assert.deepEqual(first, {
    eventType: 'InventoryReservationExpired',
    cartId: 'c',
    productId: 'p',
    cartVersion: 2,
    productVersion: 2,
    revision: 2,
    timestamp: T1,
    qty: 4,
  });
  assert.deepEqual([states['c']?.dueAt, effects.heldChange], [undefined, { guest: -4, user: -1 }]);
});

test('a sweep moves a renewed hold in the index, and ignores one that has expired already', () => {
  const product = productWith(10, 4);
  const renewed = hold('c', 2, 4, { heldUntil: T1_HELD_UNTIL, dueAt: T0 });
  const moved = summaryOf(expireHolds(product, [renewed], T1));
  assert.equal(moved.product, product);
  assert.deepEqual([moved.allEvents, moved.states['c']?.dueAt, moved.held], [[], T1_HELD_UNTIL, { c: 4 }]);
  const expired = hold('c', 3, 0, { outcome: 'expired' });
  assert.deepEqual(summaryOf(expireHolds(product, [expired], T1)).states, {});
});
