import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concurrently } from '../support/concurrency.ts';
import { type ApiResponse, type CartBody, client, type LineBody } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

/** Asserts that a checkout was rejected with this problem; returns the lines of the problem. */
function linesOf({ status, body, text }: ApiResponse<CartBody>, problem: string): readonly LineBody[] {
  assert.equal(status, 409, text);
  const { type, lines } = body as unknown as { type: string; lines: readonly LineBody[] };
  assert.equal(type, `urn:tandem:problem:${problem}`);
  return lines;
}

test('a changed price stops the checkout until it is accepted; a repeated checkout gets the same response', () =>
  withSystem(async ({ urls }) => {
    const { call, cart, checkOut, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('mug', { inventory: 10 });
    await putProduct('cup', { inventory: 10 });
    const cartId = await openCart();
    assert.deepEqual(linesOf(await checkOut(cartId), 'cart-empty'), []);
    await fill(cartId, { mug: 2, cup: 1 });
    await call('PATCH', '/products/mug', { body: { price: 1500 } });
    const { body: shown } = await until(
      () => cart(cartId),
      ({ body }) => body.items.some(({ priceChanged }) => priceChanged),
    );
    assert.equal(shown.totalAmount, 3000, 'the total of the accepted prices');

    const [changed, ...others] = linesOf(await checkOut(cartId), 'lines-changed');
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(changed, {
      productId: 'mug',
      priceAtAdd: 1000,
      currentPrice: 1500,
      priceChanged: true,
      availability: 'available',
    });
    const accept = () => call<CartBody>('POST', `/carts/${cartId}/items/mug/accept-price`);
    const { status, body: accepted } = await accept();
    assert.equal(status, 200);
    assert.equal(accepted.totalAmount, 4000);
    assert.equal((await accept()).body.updatedAt, accepted.updatedAt, 'there is no price to accept');
    assert.equal((await call('POST', `/carts/${cartId}/items/tea/accept-price`)).status, 404);

    const sold = await checkOut(cartId);
    assert.equal(sold.status, 200);
    assert.partialDeepStrictEqual(sold.body, { status: 'checkedOut', totalAmount: 4000 });
    await call('PATCH', '/products/mug', { body: { price: 9000 } });
    assert.equal((await checkOut(cartId)).text, sold.text);
    assert.equal((await cart(cartId)).text, sold.text);
    for (const [method, path, body] of [
      ['POST', '/items', { productId: 'mug', qty: 1 }],
      ['PUT', '/items/mug', { qty: 1 }],
      ['DELETE', '/items/mug', undefined],
      ['POST', '/items/mug/accept-price', undefined],
      ['DELETE', '', undefined],
    ] as const) {
      const rejected = await call(method, `/carts/${cartId}${path}`, body === undefined ? {} : { body });
      assert.equal(rejected.status, 409, `${method} ${path}`);
    }
    await assertStock(urls, { mug: 8, cup: 9 });
  }));

test('a line with rejected units stops the checkout until its quantity is lowered', () =>
  withSystem(async ({ urls }) => {
    const { add, call, cart, checkOut, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('mug', { inventory: 5 });
    const probe = await openCart();
    await fill(probe, { mug: 1 });
    const cartIds = await concurrently(10, openCart);
    await Promise.all(cartIds.map((cartId) => add(cartId, 'mug', 3)));
    await assertStock(urls, { mug: 1 });
    const carts = await until(
      async () => Promise.all(cartIds.map(async (cartId) => (await cart(cartId)).body)),
      (current) => current.some(({ items: [line] }) => line?.availability === 'insufficient'),
    );
    const { cartId = '' } = carts.find(({ items: [line] }) => line?.availability === 'insufficient') ?? {};

    const insufficient = { productId: 'mug', qty: 3, availability: 'insufficient', availableQty: 1 };
    const lines = linesOf(await checkOut(cartId), 'lines-changed');
    assert.partialDeepStrictEqual(lines, [insufficient]);
    const set = (qty: number) => call<CartBody>('PUT', `/carts/${cartId}/items/mug`, { body: { qty } });
    assert.equal((await set(2)).status, 409, 'one unit is available');
    const { body } = await set(1);
    assert.partialDeepStrictEqual(body.items, [{ qty: 1, availability: 'available' }]);
    await assertStock(urls, { mug: 0 });
    assert.equal((await checkOut(cartId)).status, 200);
    assert.equal((await checkOut(probe)).status, 200);
    await assertStock(urls, { mug: 0 });
  }));

test('a line whose product is deleted stops the checkout until it is removed', () =>
  withSystem(async ({ urls }) => {
    const { call, cart, checkOut, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('mug');
    await putProduct('cup');
    const cartId = await openCart();
    await fill(cartId, { mug: 1, cup: 1 });
    await call('DELETE', '/products/mug');
    await until(
      () => cart(cartId),
      ({ body }) => body.items.some(({ availability }) => availability === 'unavailable'),
    );
    const lines = linesOf(await checkOut(cartId), 'lines-changed');
    assert.partialDeepStrictEqual(lines, [
      { productId: 'mug', availability: 'unavailable', availableQty: 0 },
    ]);
    assert.equal(lines.length, 1);
    assert.equal((await call('DELETE', `/carts/${cartId}/items/mug`)).status, 200);
    assert.equal((await checkOut(cartId)).status, 200);
  }));
