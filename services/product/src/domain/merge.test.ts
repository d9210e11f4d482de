import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyRequests, hold, productWith, request } from './testing.ts';

const moves = (cartId: string, cartVersion: number, qty: number, from: string, fromVersion: number) =>
  request(cartId, cartVersion, qty, { movedFrom: [{ cartId: from, cartVersion: fromVersion }] });

test('core 1: a merge beyond the stock is rejected, and keeps the held units of both carts', () => {
  const expired = hold('c', 6, 0, { outcome: 'expired' });
  const merge = [moves('c', 7, 5, 'guest', 5)];
  const { stock, held, responses } = applyRequests(productWith(3, 3), [expired, hold('guest', 4, 3)], merge);
  assert.deepEqual([stock, held], [[3, 3], { c: 3, guest: 0 }]);
  const [response] = responses;
  assert.ok(response?.eventType === 'InventoryReservationRejected');
  assert.deepEqual([response.requestedQty, response.keptQty, response.availableQty], [5, 3, 3]);
});

test('a merge of two held lines is confirmed, even if a count lowered the stock below the held units', () => {
  const before = [hold('c', 6, 4), hold('guest', 4, 2)];
  const { stock, held } = applyRequests(productWith(1, 6), before, [moves('c', 7, 6, 'guest', 5)]);
  assert.deepEqual([stock, held], [[1, 6], { c: 6, guest: 0 }]);
});

test('moved units stay held: no other request of the batch can reserve them', () => {
  const merge = [moves('c', 7, 6, 'guest', 5)];
  const chain = [moves('b', 3, 2, 'guest', 5), moves('c', 7, 6, 'b', 4)];
  const otherRequest = request('other', 1, 1);
  const before = [hold('c', 6, 4, { holder: 'user' }), hold('guest', 4, 2)];
  for (const batch of [merge, chain, chain.toReversed(), [...merge, request('c', 8, 6)]]) {
    for (let i = 0; i <= batch.length; i++) {
      const result = applyRequests(productWith(6, 6), before, batch.toSpliced(i, 0, otherRequest));
      assert.deepEqual(
        [result.stock, result.held['c'], result.held['guest'], result.held['other']],
        [[6, 6], 6, 0, 0],
      );
      assert.deepEqual(result.effects.heldChange, { guest: -2, user: 2 });
    }
  }
});
