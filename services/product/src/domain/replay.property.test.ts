import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { live } from './product.ts';
import type { Reservation } from './reservation.ts';
import { expireHolds, reserve } from './reserve.ts';
import { timing, productWith, request, summaryOf, T1_HELD_UNTIL } from './testing.ts';

const FIRST_VERSION = 2;
const REQUESTS = 8;

/** Quantities of a cart's requests, and steps: the delivery of a request, a stock count, or a sweep. */
const histories = fc.record({
  quantities: fc.array(fc.nat(9), { minLength: REQUESTS, maxLength: REQUESTS }),
  steps: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ deliver: fc.nat(REQUESTS - 1) }) },
      fc.record({ count: fc.nat(12) }),
      fc.record({ sweep: fc.constant(true) }),
    ),
    { maxLength: 24 },
  ),
});

test('core 6: a redelivered request does not change the stock, whatever has happened meanwhile', () => {
  let redeliveries = 0;
  fc.assert(
    fc.property(histories, ({ quantities, steps }) => {
      let product = productWith(5);
      let reservation: Reservation | undefined;
      const delivered = new Set<number>();
      for (const step of steps) {
        if ('count' in step) {
          product = { ...product, onHand: step.count };
          continue;
        }
        const { stock, held, ...decision } = summaryOf(
          'sweep' in step
            ? expireHolds(product, reservation ? [reservation] : [], T1_HELD_UNTIL)
            : reserve(
                product,
                () => reservation,
                [request('c', FIRST_VERSION + step.deliver, quantities[step.deliver] ?? 0)],
                timing,
              ),
        );
        if ('deliver' in step && delivered.has(step.deliver)) {
          redeliveries += 1;
          assert.deepEqual(stock, [product.onHand, product.held]);
          assert.equal(held['c'] ?? reservation?.held, reservation?.held);
        }
        if ('deliver' in step) delivered.add(step.deliver);
        product = live(decision.product) ?? product;
        reservation = decision.states['c'] ?? reservation;
        assert.equal(product.held, reservation?.held ?? 0);
      }
    }),
    { numRuns: 1_000 },
  );
  assert.ok(redeliveries > 0);
});
