import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { type ApiResponse, client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { carts } from './invalid-cart-input.ts';
import { type InvalidRequest, mug, products } from './invalid-input.ts';

function assertProblem({ status, headers, body: problem }: ApiResponse, expected: InvalidRequest): void {
  assert.equal(status, expected.status, JSON.stringify(problem));
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(problem['status'], expected.status);
  assert.equal(problem['requestId'], headers.get('x-request-id'));
  for (const field of ['type', 'title', 'detail']) assert.equal(typeof problem[field], 'string', field);
  if (expected.pointer !== undefined) {
    const [fault] = problem['errors'] as readonly { pointer: string; detail: string }[];
    assert.equal(fault?.pointer, expected.pointer);
  }
  for (const [name, pattern] of Object.entries(expected.headers ?? {}))
    assert.match(headers.get(name) ?? '', pattern);
}

test('every invalid input is rejected with a problem that describes it', async (t) => {
  await withSystem(async ({ urls }) => {
    const { call, putProduct, openCart, add } = client(urls.gateway);
    await putProduct('mug', mug);
    await putProduct('cup', mug);
    await putProduct('dollar', { ...mug, currency: 'USD' });
    const cartId = await openCart();
    const untilStatus = (productId: string, expected: number) =>
      until(
        () => add(cartId, productId, 1),
        ({ status }) => status === expected,
      );
    await untilStatus('cup', 200);
    await untilStatus('dollar', 409);

    for (const [service, cases] of Object.entries({ products, carts })) {
      for (const invalid of cases) {
        await t.test(`${service}: ${invalid.name}`, async () => {
          const [method, path, options] = invalid.request;
          assertProblem(await call(method, path.replace('CART', cartId), options), invalid);
        });
      }
    }

    await t.test('products: a token without the scope', async () => {
      const token = await mintToken({ subject: 'reader', scopes: ['products:read'] });
      const request = ['POST', '/products', { body: mug, token }] as const;
      assertProblem(await call(...request), { name: '', request, status: 403 });
    });

    await t.test("carts: a user's cart is missing for everybody else", async () => {
      const token = await mintToken({ subject: 'owner', scopes: [] });
      const { body } = await call('POST', '/carts', { token });
      const path = `/carts/${String(body['cartId'])}`;
      assert.equal((await call('GET', path, { token })).status, 200);
      const stranger = await mintToken({ subject: 'stranger', scopes: [] });
      for (const other of [false, stranger] as const) {
        for (const method of ['GET', 'DELETE']) {
          const request = [method, path, { token: other }] as const;
          assertProblem(await call(...request), { name: '', request, status: 404 });
        }
      }
    });

    await t.test('carts: a deleted product', async () => {
      await call('DELETE', '/products/mug');
      const request = ['POST', `/carts/${cartId}/items`, { body: { productId: 'mug', qty: 1 } }] as const;
      const response = await until(
        () => call(...request),
        ({ status }) => status !== 200,
      );
      assertProblem(response, { name: '', request, status: 409 });
    });
  });
});
