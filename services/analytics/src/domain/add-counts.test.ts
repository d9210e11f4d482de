import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TandemEvent } from '@tandem/contracts/events';
import { eventArbitraries } from '@tandem/contracts/events.arbitrary';
import * as fc from 'fast-check';
import { addCarts, addProductCounts, NO_CARTS, sumProducts } from './add-counts.ts';
import { countsOf } from './count-event.ts';
import type { DayCounts, PriceChange, ProductCounts } from './counts.ts';

const AT = '2026-02-14T15:00:00.000Z';

type Sums = Pick<DayCounts, 'carts' | 'products'>;

function sumOf(parts: readonly Sums[]): Sums {
  return {
    carts: parts.map(({ carts }) => carts).reduce(addCarts, NO_CARTS),
    products: sumProducts(parts.map(({ products }) => products)),
  };
}

/** Few products and hours, so that figures are added; each edit has its own version, as those of a product have. */
const counted = fc
  .array(
    fc.tuple(
      fc.oneof(
        eventArbitraries.ProductAddedToCart,
        eventArbitraries.ProductRemovedFromCart,
        eventArbitraries.CartCheckedOut,
        eventArbitraries.CartExpired,
        eventArbitraries.InventoryReservationExpired,
        eventArbitraries.InventoryReservationRejected,
        eventArbitraries.ProductEdited,
      ),
      fc.constantFrom('p', 'q', '__proto__'),
      fc.integer({ min: 10, max: 12 }),
    ),
    { maxLength: 60, size: 'max' },
  )
  .map((rows) =>
    rows.flatMap(([event, productId, hour], i) => {
      const fields = { productId, ...(event.eventType === 'ProductEdited' ? { version: i + 1 } : {}) };
      const changed = ('productId' in event ? { ...event, ...fields } : event) as TandemEvent;
      return countsOf(changed, `2026-02-14T${hour}:00:00.000Z`) ?? [];
    }),
  );

test('events in any order and in any groups add up to the same figures', () => {
  let additions = 0;
  fc.assert(
    fc.property(counted, fc.infiniteStream(fc.nat(9)), (parts, random) => {
      const next = () => Number(random.next().value);
      const shuffled = parts.map((part) => [next(), part] as const).toSorted(([a], [b]) => a - b);
      const groups = Map.groupBy(shuffled, () => next() % 4);
      const sums = [...groups.values()].map((group) => sumOf(group.map(([, part]) => part)));
      assert.deepEqual(sumOf(sums), sumOf(parts));
      additions += parts.length;
    }),
    { numRuns: 500 },
  );
  assert.ok(additions > 2_000);
});

test('a figure that neither sum has stays absent', () => {
  assert.deepEqual(addProductCounts({ added: 1 }, { removed: 2 }), { added: 1, removed: 2 });
  assert.deepEqual(addProductCounts({ added: 1 }, { added: 2 }), { added: 3 });
});

test('figures of a product with any id are added', () => {
  const part = Object.fromEntries([['__proto__', { added: 1 }]]);
  assert.deepEqual(Object.entries(sumProducts([part, part])), [['__proto__', { added: 2 }]]);
});

test('amounts of several currencies are kept apart', () => {
  const sum = addProductCounts({ revenue: { EUR: 1, USD: 5 } }, { revenue: { EUR: 2, JPY: 7 } });
  assert.deepEqual(sum, { revenue: { EUR: 3, USD: 5, JPY: 7 } });
});

test('a sum never exceeds the largest exact integer', () => {
  const most = Number.MAX_SAFE_INTEGER;
  assert.deepEqual(addProductCounts({ added: most }, { added: 5 }), { added: most });
});

test('the last twenty price changes are kept, in the order of versions', () => {
  const changeOf = (version: number): PriceChange => {
    const [from, to] = [
      { price: version, currency: 'EUR' },
      { price: version + 1, currency: 'EUR' },
    ];
    return { changedAt: AT, version, from, to };
  };
  const versions = [...Array(30).keys()].toSorted((a, b) => (a % 7) - (b % 7) || a - b);
  const sum = versions
    .map((version): Partial<ProductCounts> => ({ priceChanges: [changeOf(version)] }))
    .reduce((a, b) => addProductCounts(a, b));
  assert.deepEqual(
    sum.priceChanges?.map(({ version }) => version),
    [...Array(20).keys()].map((i) => i + 10),
  );
});
