import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeatUntilSettled } from '../support/concurrency.ts';
import { atRest } from '../support/queues.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { merchantClient, ndjson } from './merchant.ts';

const HELD = { onHand: 10, held: 4, inventory: 6 };

test(`core 3, interop A1, A2: no write of an existing product changes its stock, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { add, call, cart, checkOut, fill, importProducts, openCart, product, putProduct } = merchantClient(
      urls.gateway,
    );
    const file = [{ productId: 'mug', name: 'Mug', price: 1000, currency: 'EUR', inventory: 10 }];
    assert.partialDeepStrictEqual(await importProducts(file), { created: 1 });
    const content = { category: 'cups', description: 'Holds 0.3 l' };
    await call('PATCH', '/products/mug', { body: content });
    const first = await openCart();
    await fill(first, { mug: 4 });
    await assertStock(urls, { mug: 6 });

    const writes: Readonly<Record<string, () => Promise<unknown>>> = {
      'the same file': async () =>
        assert.deepEqual(await importProducts(file), { created: 0, updated: 0, unchanged: 1, rejected: [] }),
      'a price list': () => importProducts([{ productId: 'mug', price: 900 }]),
      'a price list with a stock column': () =>
        importProducts([{ productId: 'mug', price: 950, inventory: 99 }]),
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
    for (const [name, write] of Object.entries(writes)) {
      await write();
      assert.partialDeepStrictEqual((await product('mug')).body, { ...HELD, ...content }, name);
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
    assert.deepEqual(await importProducts(file), { created: 0, updated: 1, unchanged: 0, rejected: [] });
    assert.partialDeepStrictEqual((await product('mug')).body, { price: 1000, onHand: 0, inventory: 0 });
  }));

test(`an import with stock=count counts the stock on hand, and changes nothing the second time, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, fill, importProducts, openCart, product } = merchantClient(urls.gateway);
    const file = [
      { productId: 'mug', name: 'Mug', price: 1000, currency: 'EUR', inventory: 10 },
      { productId: 'cup', name: 'Cup', price: 500, currency: 'EUR' },
    ];
    assert.partialDeepStrictEqual(await importProducts(file, '?stock=count'), { created: 2 });
    await fill(await openCart(), { mug: 4 });
    await assertStock(urls, { mug: 6, cup: 0 });
    assert.partialDeepStrictEqual(await importProducts(file, '?stock=count'), { updated: 0, unchanged: 2 });
    const { version } = (await product('mug')).body;

    const counted = [{ productId: 'mug', inventory: 12 }];
    assert.partialDeepStrictEqual(await importProducts(counted), { updated: 0, unchanged: 1 });
    assert.partialDeepStrictEqual(await importProducts(counted, '?stock='), { updated: 0, unchanged: 1 });
    assert.partialDeepStrictEqual(await importProducts(counted, '?stock=count'), {
      updated: 1,
      unchanged: 0,
    });
    assert.partialDeepStrictEqual(await importProducts(counted, '?stock=count'), {
      updated: 0,
      unchanged: 1,
    });
    const expected = { onHand: 12, held: 4, inventory: 8, price: 1000, version: version + 1 };
    assert.partialDeepStrictEqual((await product('mug')).body, expected);
    const bad = await call('POST', '/products/import?stock=delta', { body: '{}\n', headers: ndjson });
    assert.equal(bad.status, 400);
    const { rejected } = await importProducts([
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

test(`core 7: edits with If-Match of a product that sells all the time succeed, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, checkOut, fill, openCart, product, putProduct } = merchantClient(urls.gateway);
    await putProduct('mug', { inventory: 100_000 });
    await atRest(urls.aws);
    const { body: before, headers: firstHeaders } = await product('mug');
    const edit = async () => {
      for (let price = 1001; price <= 1008; price += 1) {
        const { headers, body: read } = await product('mug');
        // Stock changes between the read and the write.
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
    /** Accepts each price that changes repeatUntilSettled, until the cart is sold. */
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
    const sales = await Promise.all([repeatUntilSettled(editing, sell), repeatUntilSettled(editing, sell)]);
    await editing;
    const { body: after } = await product('mug');
    assert.equal(after.price, 1008);
    assert.ok(sales.flat().length > 0 && after.version - before.version > 8);
    const firstTag = firstHeaders.get('etag') ?? '';
    const late = { body: { price: 1 }, headers: { 'if-match': firstTag } };
    assert.equal((await call('PATCH', '/products/mug', late)).status, 412, 'the content has changed');
  }));
