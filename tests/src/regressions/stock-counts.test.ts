import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from '../support/events.ts';
import { atRest } from '../support/queues.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { merchantClient } from './merchant.ts';

const HELD = { onHand: 10, held: 4, inventory: 6 };

test(`a count that expects another stock on hand is rejected with the stock, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { fill, openCart, product, putProduct, changeStock } = merchantClient(urls.gateway);
    await putProduct('mug', { inventory: 10 });
    await fill(await openCart(), { mug: 4 });
    await assertStock(urls, { mug: 6 });

    const { status, body } = await changeStock('mug', { onHand: 8, expectedOnHand: 9 });
    assert.equal(status, 409);
    assert.partialDeepStrictEqual(body, HELD);
    assert.partialDeepStrictEqual((await product('mug')).body, HELD);
    for (const [change, expected] of [
      [
        { onHand: 8, expectedOnHand: 10 },
        { onHand: 8, held: 4, inventory: 4 },
      ],
      [{ delta: 3 }, { onHand: 11, held: 4, inventory: 7 }],
      [{ delta: -7 }, { onHand: 4, held: 4, inventory: 0 }],
      [{ onHand: 20 }, { onHand: 20, held: 4, inventory: 16 }],
    ] as const) {
      const changed = await changeStock('mug', change);
      assert.equal(changed.status, 200, changed.text);
      assert.partialDeepStrictEqual(changed.body, expected, JSON.stringify(change));
    }
    const lost = await changeStock('mug', { delta: -17 });
    assert.equal(lost.status, 409);
    assert.partialDeepStrictEqual(lost.body, { onHand: 20, held: 4, inventory: 16 });
    for (const invalid of [
      {},
      { delta: 1, onHand: 1 },
      { expectedOnHand: 1 },
      { delta: 1, expectedOnHand: 1 },
    ])
      assert.equal((await changeStock('mug', invalid)).status, 400, JSON.stringify(invalid));
    assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 20, held: 4, version: 6 });
  }));

test(`after a count below the held units, a sale that exceeds the stock is published and counted, on ${storeName}`, () =>
  withSystem(async ({ urls, metrics }) => {
    const { checkOut, fill, openCart, product, putProduct, changeStock } = merchantClient(urls.gateway);
    using listener = await listen(urls.aws, 'product-events-topic');
    await putProduct('mug', { inventory: 10 });
    const cartId = await openCart();
    await fill(cartId, { mug: 6 });
    await assertStock(urls, { mug: 4 });
    const { body: counted } = await changeStock('mug', { onHand: 2 });
    assert.partialDeepStrictEqual(counted, { onHand: 2, held: 6, inventory: 0 });
    await atRest(urls.aws);
    assert.equal((await checkOut(cartId)).status, 200, 'its units are held');

    assert.partialDeepStrictEqual(await listener.untilType('InventoryShort'), [
      { productId: 'mug', qty: 6, missingQty: 4 },
    ]);
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 0 && body.held === 0 && body.inventory === 0,
    );
    assert.equal(metrics.product.counts()['UnitsShort'], 4);
    await changeStock('mug', { delta: 3 });
    assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 3, held: 0, inventory: 3 });
  }));
