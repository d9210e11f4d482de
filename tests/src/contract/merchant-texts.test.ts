import assert from 'node:assert/strict';
import { test } from 'node:test';
import { productUpdated, publisher } from '../support/events.ts';
import { client, type ProductBody } from '../support/http.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const LARGEST_PRICE = 90_000_000_000;
const NDJSON = { 'content-type': 'application/x-ndjson' };

test(`a name, a category and a description are the same text however they are composed, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, product } = client(urls.gateway);
    const [decomposed, composed] = ['Cafe\u0301', 'Caf\u00E9'];
    const content = { price: 100, currency: 'EUR', inventory: 1 };
    const texts = { name: decomposed, category: decomposed, description: `${decomposed}\n` };
    const write = async (method: string, path: string, body: unknown, headers = {}) =>
      assert.ok((await call(method, path, { body, headers })).status < 300, `${method} ${path}`);
    await write('POST', '/products', { ...content, ...texts, productId: 'posted' });
    await write('PUT', '/products/put', { ...content, ...texts });
    await write('PUT', '/products/patched', { ...content, name: 'x' });
    await write('PATCH', '/products/patched', texts);
    const line = JSON.stringify({ ...content, ...texts, productId: 'imported' });
    await write('POST', '/products/import', `${line}\n`, NDJSON);

    const productIds = ['imported', 'patched', 'posted', 'put'];
    for (const productId of productIds)
      assert.partialDeepStrictEqual((await product(productId)).body, {
        name: composed,
        category: composed,
        description: `${composed}\n`,
      });
    for (const category of [decomposed, composed, ` ${decomposed} `]) {
      const path = `/products?category=${encodeURIComponent(category)}`;
      const { body } = await call<{ items: readonly ProductBody[] }>('GET', path);
      assert.deepEqual(body.items.map(({ productId }) => productId).sort(), productIds);
    }
    const again = await call('POST', '/products/import', { body: `${line}\n`, headers: NDJSON });
    assert.partialDeepStrictEqual(again.body, { unchanged: 1 });
  }));

test(`a category has up to 255 characters of any script, and its products are paged (interop A11), on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call, putProduct } = client(urls.gateway);
    const google = 'Apparel & Accessories > Clothing > Outerwear > Coats & Jackets > Rain';
    for (const category of [google, '茶'.repeat(255), `${'😀'.repeat(127)}x`]) {
      const ids = [1, 2, 3].map((i) => `${Buffer.byteLength(category)}-${'long'.repeat(30)}-${i}`);
      for (const id of ids) assert.equal((await putProduct(id, { category })).status, 201);
      const listed: string[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined;) {
        const query = new URLSearchParams({ category, limit: '1', cursor });
        const { body } = await call<{ items: readonly ProductBody[]; nextCursor?: string }>(
          'GET',
          `/products?${query.toString()}`,
        );
        listed.push(...body.items.map(({ productId }) => productId));
        cursor = body.nextCursor;
      }
      assert.deepEqual(listed, ids);
    }
  }));

test('a laptop for 15,000,000.00 rupiahs and 999 pieces at the largest price are sold exactly (interop A10)', () =>
  withSystem(async ({ urls }) => {
    const { putProduct, openCart, fill, untilHeld, checkOut } = client(urls.gateway);
    const [laptop, ship] = [1_500_000_000, LARGEST_PRICE];
    await putProduct('laptop', { price: laptop, currency: 'IDR', inventory: 1 });
    await putProduct('ship', { price: ship, currency: 'IDR', inventory: 999 });
    const cartId = await openCart();
    await fill(cartId, { laptop: 1, ship: 999 });
    assert.equal((await untilHeld(cartId)).body.totalAmount, laptop + 999 * ship);
    const { status, body } = await checkOut(cartId);
    assert.deepEqual([status, body['totalAmount']], [200, laptop + 999 * ship]);
  }));

test("another publisher's product with the largest price and a decomposed id and name is sold (interop A10)", () =>
  withSystem(async ({ urls }) => {
    const { add, openCart, call } = client(urls.gateway);
    const [decomposed, composed] = ['gru\u0308n', 'gr\u00FCn'];
    const event = productUpdated(decomposed, { name: decomposed, price: LARGEST_PRICE, category: null });
    await publisher(urls.aws)('product-events-topic', event.body);
    const cartId = await openCart();
    const { body } = await until(
      () => add(cartId, composed, 2),
      ({ status }) => status === 200,
    );
    assert.partialDeepStrictEqual(body, {
      totalAmount: 2 * LARGEST_PRICE,
      items: [{ productId: composed, name: composed }],
    });
    assert.equal((await add(cartId, decomposed, 1)).body.items[0]?.qty, 3);
    const path = `/carts/${cartId}/items/${encodeURIComponent(decomposed)}`;
    assert.deepEqual((await call('DELETE', path)).body['items'], []);
  }));
