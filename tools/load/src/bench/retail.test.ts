import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from './client.ts';
import { prepareRetailCart, prepareRetailCatalog } from './retail.ts';
import { cartCounts, LONG_CART_LINES, type RouteRequest } from './routes.ts';

/** A client whose server answers by path; it keeps what it was sent. */
function clientOf(answers: Readonly<Record<string, unknown>> = {}) {
  const sent: RouteRequest[] = [];
  const client: Client = {
    send: async (request) => {
      sent.push(request);
      return JSON.stringify(answers[request.path] ?? {});
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { client, sent };
}

const linesByCart = (requests: readonly RouteRequest[]) => {
  const lines = new Map<string, Set<unknown>>();
  for (const { path, body } of requests)
    lines.set(path, (lines.get(path) ?? new Set()).add((body as { readonly itemId: string }).itemId));
  return lines;
};

test('the retail cart gets carts of the lengths of ours, and each request names a line that its cart has', async () => {
  const { client, sent } = clientOf();
  const chosen = ['add', 'add-1', 'add-100', 'add-minimal', 'add-1-minimal', 'add-100-minimal'] as const;
  const routes = await prepareRetailCart(client, chosen, 'run');
  const lines = linesByCart(sent);
  const counts = cartCounts(chosen);
  assert.equal(lines.size, counts.many + counts.short + counts.long);
  for (const [path, { size }] of lines) {
    if (path.includes('-short-')) assert.equal(size, 1);
    else if (path.includes('-long-')) assert.equal(size, LONG_CART_LINES);
    else assert.ok(size >= 1 && size <= 3, `${path}: ${size}`);
  }
  for (const route of chosen) {
    for (let i = 0; i < 3_000; i++) {
      const { path = '', method, status, body } = routes[route]?.(i) ?? {};
      assert.deepEqual([method, status], ['POST', 201]);
      assert.ok(lines.get(path)?.has((body as { readonly itemId: string }).itemId), `${route} ${i}: ${path}`);
    }
  }
});

test('consecutive requests are for different carts, and the lines of a long one take turns', async () => {
  const { client } = clientOf();
  const routes = await prepareRetailCart(client, ['add', 'add-1', 'add-100'], 'run');
  for (const route of ['add', 'add-1', 'add-100'] as const) {
    const paths = Array.from({ length: 16 }, (_, i) => routes[route]?.(i).path);
    assert.equal(new Set(paths).size, 16, route);
  }
  const { long } = cartCounts(['add-100']);
  const requests = Array.from({ length: long * LONG_CART_LINES }, (_, i) => routes['add-100']?.(i));
  const lines = linesByCart(requests.flatMap((request) => request ?? []));
  assert.deepEqual(
    [...lines.values()].map(({ size }) => size),
    Array.from({ length: long }, () => LONG_CART_LINES),
  );
});

test('carts are created for the chosen routes alone', async () => {
  const { client, sent } = clientOf();
  await prepareRetailCart(client, ['add-1'], 'run');
  assert.equal(sent.length, cartCounts(['add-1']).short);
  assert.deepEqual(cartCounts(['product', 'all']), { many: 0, short: 0, long: 0 });
});

test('the products of the retail catalog are those it has, one after another, and a category of a full list', async () => {
  const products = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  const category = '/catalog/products?tags=food&size=20';
  const answers = {
    '/catalog/products?size=100000': products,
    '/catalog/tags': [{ name: 'food' }, { name: 'toys' }],
    [category]: Array.from({ length: 20 }, () => ({ id: 'a' })),
  };
  const routes = await prepareRetailCatalog(clientOf(answers).client);
  const paths = [0, 1, 2, 3].map((i) => routes.product?.(i).path);
  assert.deepEqual(
    paths,
    ['a', 'b', 'c', 'a'].map((id) => `/catalog/products/${id}`),
  );
  assert.deepEqual(
    [routes['product-again']?.(7).path, routes.category?.(0).path],
    ['/catalog/products/a', category],
  );
  assert.equal(routes.add, undefined);
  await assert.rejects(
    prepareRetailCatalog(clientOf({ ...answers, [category]: products }).client),
    /category "food" has 3 products, and a list of ours 20: build it with the products of docs\/benchmark\.md/,
  );
});
