import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { meanwhile } from '../support/at-once.ts';
import { listen } from '../support/events.ts';
import { client, type ProductBody } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const HELD = { onHand: 10, held: 4, inventory: 6 };
const ndjson = { 'content-type': 'application/x-ndjson' };
interface Imported {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

/** A client that also imports lines and changes stock. */
function merchant(gateway: string) {
  const { call, ...others } = client(gateway);
  return {
    ...others,
    call,
    importLines: async (lines: readonly object[], query = '') => {
      const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      const response = await call<Imported>('POST', `/products/import${query}`, { body, headers: ndjson });
      assert.equal(response.status, 200, response.text);
      return response.body;
    },
    stock: (productId: string, body: object) =>
      call<ProductBody>('POST', `/products/${productId}/stock`, { body }),
  };
}

function isShort(event: TandemEvent): event is EventOf<'InventoryShort'> {
  return event.eventType === 'InventoryShort';
}

test(`core 3, interop A1, A2: no write of a product that exists touches its stock, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { add, call, cart, checkOut, fill, importLines, openCart, product, putProduct } = merchant(
      urls.gateway,
    );
    const file = [{ productId: 'mug', name: 'Mug', price: 1000, currency: 'EUR', inventory: 10 }];
    assert.partialDeepStrictEqual(await importLines(file), { created: 1 });
    const content = { category: 'cups', description: 'Holds 0.3 l' };
    await call('PATCH', '/products/mug', { body: content });
    const first = await openCart();
    await fill(first, { mug: 4 });
    await assertStock(urls, { mug: 6 });

    const writes: Readonly<Record<string, () => Promise<unknown>>> = {
      'the same file': async () =>
        assert.deepEqual(await importLines(file), { created: 0, updated: 0, unchanged: 1, rejected: [] }),
      'a price list': () => importLines([{ productId: 'mug', price: 900 }]),
      'a price list with a stock column': () =>
        importLines([{ productId: 'mug', price: 950, inventory: 99 }]),
      'a patch': () => call('PATCH', '/products/mug', { body: { price: 1100 } }),
      'a replacement without stock': () =>
        call('PUT', '/products/mug', { body: { name: 'Mug', price: 1200, currency: 'EUR', ...content } }),
      'a replacement with stock': () => putProduct('mug', { ...content, price: 1300, inventory: 99 }),
      'the response to a read, sent back with another price': async () => {
        const { body, headers } = await product('mug');
        const sent = { body: { ...body, price: 1400 }, headers: { 'if-match': headers.get('etag') ?? '' } };
        assert.equal((await call('PUT', '/products/mug', sent)).status, 200);
      },
    };
    for (const [what, write] of Object.entries(writes)) {
      await write();
      assert.partialDeepStrictEqual((await product('mug')).body, { ...HELD, ...content }, what);
    }
    assert.equal((await product('mug')).body.price, 1400);
    for (const field of ['inventory', 'onHand', 'held', 'version', 'createdAt', 'updatedAt', 'productId']) {
      const { status, body } = await call('PATCH', '/products/mug', { body: { [field]: 10 } });
      const { errors } = body as { errors?: readonly { pointer: string; detail: string }[] };
      assert.deepEqual([status, errors?.[0]?.pointer], [400, `/${field}`]);
    }
    assert.partialDeepStrictEqual((await product('mug')).body, HELD);

    const second = await openCart();
    await until(
      async () => (await add(second, 'mug', 10)).status,
      (status) => status === 409,
    );
    await fill(second, { mug: 6 });
    for (const cartId of [first, second]) {
      await until(
        () => cart(cartId),
        ({ body }) => body.items[0]?.currentPrice === 1400,
      );
      await call('POST', `/carts/${cartId}/items/mug/accept-price`);
      const { status, text } = await until(
        () => checkOut(cartId),
        ({ status }) => status !== 503,
      );
      assert.equal(status, 200, text);
    }
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 0 && body.held === 0,
    );
    assert.deepEqual(await importLines(file), { created: 0, updated: 1, unchanged: 0, rejected: [] });
    assert.partialDeepStrictEqual((await product('mug')).body, { price: 1000, onHand: 0, inventory: 0 });
  }));

test(`an import with stock=count counts the stock on hand, and changes nothing the second time, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, fill, importLines, openCart, product } = merchant(urls.gateway);
    const file = [
      { productId: 'mug', name: 'Mug', price: 1000, currency: 'EUR', inventory: 10 },
      { productId: 'cup', name: 'Cup', price: 500, currency: 'EUR' },
    ];
    assert.partialDeepStrictEqual(await importLines(file, '?stock=count'), { created: 2 });
    await fill(await openCart(), { mug: 4 });
    await assertStock(urls, { mug: 6, cup: 0 });
    assert.partialDeepStrictEqual(await importLines(file, '?stock=count'), { updated: 0, unchanged: 2 });
    const { version } = (await product('mug')).body;

    const counted = [{ productId: 'mug', inventory: 12 }];
    assert.partialDeepStrictEqual(await importLines(counted), { updated: 0, unchanged: 1 });
    assert.partialDeepStrictEqual(await importLines(counted, '?stock='), { updated: 0, unchanged: 1 });
    assert.partialDeepStrictEqual(await importLines(counted, '?stock=count'), { updated: 1, unchanged: 0 });
    assert.partialDeepStrictEqual(await importLines(counted, '?stock=count'), { updated: 0, unchanged: 1 });
    const expected = { onHand: 12, held: 4, inventory: 8, price: 1000, version: version + 1 };
    assert.partialDeepStrictEqual((await product('mug')).body, expected);
    const bad = await call('POST', '/products/import?stock=delta', { body: '{}\n', headers: ndjson });
    assert.equal(bad.status, 400);
    const { rejected } = await importLines([
      { ...file[0], inventroy: 5 },
      { productId: 'new', price: 1 },
    ]);
    assert.deepEqual(
      rejected.map(({ line, reason }) => [line, /inventroy/.test(reason), /name/.test(reason)]),
      [
        [1, true, false],
        [2, false, true],
      ],
    );
  }));

test(`a count that expects another stock on hand is rejected with the stock, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { fill, openCart, product, putProduct, stock } = merchant(urls.gateway);
    await putProduct('mug', { inventory: 10 });
    await fill(await openCart(), { mug: 4 });
    await assertStock(urls, { mug: 6 });

    const { status, body } = await stock('mug', { onHand: 8, expectedOnHand: 9 });
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
      const changed = await stock('mug', change);
      assert.equal(changed.status, 200, changed.text);
      assert.partialDeepStrictEqual(changed.body, expected, JSON.stringify(change));
    }
    const lost = await stock('mug', { delta: -17 });
    assert.equal(lost.status, 409);
    assert.partialDeepStrictEqual(lost.body, { onHand: 20, held: 4, inventory: 16 });
    for (const invalid of [
      {},
      { delta: 1, onHand: 1 },
      { expectedOnHand: 1 },
      { delta: 1, expectedOnHand: 1 },
    ])
      assert.equal((await stock('mug', invalid)).status, 400, JSON.stringify(invalid));
    assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 20, held: 4, version: 6 });
  }));

test(`a count below what carts hold: the sale that exceeds the stock is published and counted, on ${storeName}`, () =>
  withSystem(async ({ urls, metrics }) => {
    const { checkOut, fill, openCart, product, putProduct, stock } = merchant(urls.gateway);
    const ear = await listen(urls.aws, 'product-events-topic');
    await putProduct('mug', { inventory: 10 });
    const cartId = await openCart();
    await fill(cartId, { mug: 6 });
    await assertStock(urls, { mug: 4 });
    const { body: counted } = await stock('mug', { onHand: 2 });
    assert.partialDeepStrictEqual(counted, { onHand: 2, held: 6, inventory: 0 });
    await atRest(urls.aws);
    assert.equal((await checkOut(cartId)).status, 200, 'its units are held');

    const heard = await ear.until((events) => events.some(isShort));
    assert.partialDeepStrictEqual(heard.filter(isShort), [{ productId: 'mug', qty: 6, missingQty: 4 }]);
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 0 && body.held === 0 && body.inventory === 0,
    );
    assert.equal(metrics.product.counts()['UnitsShort'], 4);
    await stock('mug', { delta: 3 });
    assert.partialDeepStrictEqual((await product('mug')).body, { onHand: 3, held: 0, inventory: 3 });
    ear.close();
  }));

test(`core 7: eight edits with If-Match of a product that sells ten a second, on ${storeName}: eight succeed`, () =>
  withSystem(async ({ urls }) => {
    const { call, checkOut, fill, openCart, product, putProduct } = merchant(urls.gateway);
    await putProduct('mug', { inventory: 100_000 });
    await atRest(urls.aws);
    const { body: before, headers: firstHeaders } = await product('mug');
    const edit = async () => {
      for (let price = 1001; price <= 1008; price += 1) {
        const { headers, body: read } = await product('mug');
        // Between the read and the write stock moves.
        await until(
          () => product('mug'),
          ({ body }) => body.version > read.version,
        );
        const sent = { body: { price }, headers: { 'if-match': headers.get('etag') ?? '' } };
        const { status, text } = await call('PATCH', '/products/mug', sent);
        assert.equal(status, 200, text);
      }
    };
    const editing = edit();
    /** Accepts each price that changes meanwhile, until the cart is sold. */
    const sell = async () => {
      const cartId = await openCart();
      await fill(cartId, { mug: 1 });
      await until(
        async () => {
          await call('POST', `/carts/${cartId}/items/mug/accept-price`);
          return checkOut(cartId);
        },
        ({ status }) => status === 200,
        { deadlineMs: 60_000 },
      );
    };
    const sales = await Promise.all([meanwhile(editing, sell), meanwhile(editing, sell)]);
    await editing;
    const { body: after } = await product('mug');
    assert.equal(after.price, 1008);
    assert.ok(sales.flat().length > 0 && after.version - before.version > 8);
    const firstTag = firstHeaders.get('etag') ?? '';
    const late = { body: { price: 1 }, headers: { 'if-match': firstTag } };
    assert.equal((await call('PATCH', '/products/mug', late)).status, 412, 'the content has changed');
  }));
