import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { readFacts } from '@tandem/bill/files';
import { createMetrics } from '@tandem/chassis/metrics';
import { createProducts } from '@tandem/product/application/products';
import { createStockHolds } from '@tandem/product/application/stock-holds';
import { createTable } from '@tandem/storage/create-table';
import { openThrottlingStore } from './throttling-store.ts';

const NOW = '2026-02-14T15:00:00.000Z';
const now = () => NOW;

/** Units that a cart's hold consumes, by table and index, on a product with a description. */
async function unitsOfHold(t: TestContext, description: string) {
  const store = openThrottlingStore('products', readFacts('steady').tables);
  t.after(store.close);
  const table = createTable(store.driver, { now: () => Date.parse(NOW) });
  const products = createProducts({ table, now });
  const content = { name: 'mug', price: 1, currency: 'EUR', category: 'kitchen', description };
  await products.create(undefined, 'mug', { content, inventory: 50 });
  store.start();
  const stockHolds = createStockHolds({ table, metrics: createMetrics(), holdSeconds: 900, now });
  await stockHolds.reserve([
    {
      kind: 'hold',
      productId: 'mug',
      cartId: 'cart-1',
      cartVersion: 1,
      qty: 2,
      holder: 'guest',
      timestamp: NOW,
      movedFrom: [],
    },
  ]);
  return store.report().map(({ name, consumed }) => `${name}: ${consumed}`);
}

test('a stock move costs the same on a product with the longest description', async (t) => {
  const short = await unitsOfHold(t, 'blue');
  assert.ok(short.includes('write products: 4'), short.join(', '));
  assert.deepEqual(await unitsOfHold(t, 'ß'.repeat(4_000)), short);
});
