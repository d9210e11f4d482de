import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as always, constantFrom, integer, property, record } from 'fast-check';
import { planCarts, type Add } from './carts.ts';

const sale = (invoice: string, productId: string, quantity: number) => ({
  line: 1,
  price: 100,
  invoice,
  productId,
  quantity,
});

function unitsBy(adds: readonly Add[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { productId, qty } of adds) units.set(productId, (units.get(productId) ?? 0) + qty);
  return units;
}

test('each invoice is a cart and each row an add, also for rows of the same product', () => {
  const plan = planCarts([sale('1', 'a', 2), sale('2', 'a', 1), sale('1', 'b', 3), sale('1', 'a', 4)]);
  assert.deepEqual(
    [...plan],
    [
      [
        '1',
        [
          [
            { productId: 'a', qty: 2 },
            { productId: 'b', qty: 3 },
            { productId: 'a', qty: 4 },
          ],
        ],
      ],
      ['2', [[{ productId: 'a', qty: 1 }]]],
    ],
  );
});

test('more than 999 units of a product are split over several carts', () => {
  const carts = planCarts([sale('1', 'a', 998), sale('1', 'a', 1003), sale('1', 'b', 1)]).get('1');
  assert.deepEqual(carts, [
    [
      { productId: 'a', qty: 998 },
      { productId: 'a', qty: 1 },
      { productId: 'b', qty: 1 },
    ],
    [{ productId: 'a', qty: 999 }],
    [{ productId: 'a', qty: 3 }],
  ]);
});

test('for any invoice, no cart exceeds its limits and each unit is in exactly one cart', () => {
  const codes = Array.from({ length: 250 }, (_, index) => `p${index}`);
  const rows = record({
    invoice: constantFrom('1', '2'),
    productId: constantFrom(...codes),
    quantity: integer({ min: 1, max: 3000 }),
  });
  always(
    property(array(rows, { maxLength: 400, size: 'max' }), (sales) => {
      const plan = planCarts(sales.map((row) => ({ ...row, line: 1, price: 1 })));
      for (const [invoice, carts] of plan) {
        for (const adds of carts) {
          const lines = unitsBy(adds);
          assert.ok(lines.size <= 100);
          assert.ok([...lines.values()].every((units) => units <= 999));
          assert.ok(adds.every(({ qty }) => qty >= 1));
        }
        const sold = sales.filter((row) => row.invoice === invoice);
        assert.deepEqual(
          unitsBy(carts.flat()),
          unitsBy(sold.map(({ productId, quantity: qty }) => ({ productId, qty }))),
        );
      }
    }),
    { numRuns: 30 },
  );
});
