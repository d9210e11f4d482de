import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { platform } from 'node:os';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { atOnce } from '../support/at-once.ts';
import { watchEffects } from './effects.ts';
import {
  type ApiResponse,
  type CartBody,
  client,
  type ProductBody,
  type RequestOptions,
} from '../support/http.ts';
import { type Operation, operationsOf, pathWith } from './operations.ts';
import { storeName } from '../support/store.ts';
import { type TwoCarts, withTwoCarts } from './two-carts.ts';
import { until } from '../support/until.ts';

const TIMES = 50;
/** What is carried out before its answer is kept: only who comes after the first is spared (decision 013). */
const NOT_TRANSACTED = ['/products/import', '/products/snapshots'];

/** What the client is to see again. */
function essenceOf({ status, headers, text }: ApiResponse) {
  const kept = ['content-type', 'etag', 'location'].map((name) => headers.get(name));
  return { status, text, kept };
}

function isReplay({ headers }: Pick<ApiResponse, 'headers'>): boolean {
  return headers.get('idempotent-replayed') === 'true';
}

/** A world in which a call succeeds, of whatever kind it is: its own product, user and carts. */
async function worldFor({ urls, cartUrls }: TwoCarts, { method, path, sent }: Operation, name: string) {
  const token = await mintToken({ subject: name, scopes: [] });
  const [user, guest] = [client(urls.gateway, token), client(urls.gateway)];
  await guest.putProduct(name, { inventory: 100 });
  const [cartId, fromCartId] = [await user.openCart(), await guest.openCart()];
  await user.fill(cartId, { [name]: 2 });
  await guest.fill(fromCartId, { [name]: 1 });
  if (path.endsWith('/accept-price')) {
    await guest.call('PATCH', `/products/${name}`, { body: { price: 1500 } });
    await until(
      () => user.cart(cartId),
      ({ body }) => body.items[0]?.priceChanged === true,
    );
  }
  const body = bodyWith(sent.body, { productId: name, fromCartId });
  const url = pathWith(path, { cartId, productId: name });
  const clients = cartUrls.map((cartUrl) => client(cartUrl, token));
  return {
    body,
    /** Sends the call, carts' to Cart's instances in turns. */
    send: async (
      key: string | undefined,
      changes: RequestOptions = {},
      position = 0,
    ): Promise<ApiResponse> => {
      const { call } = (path.startsWith('/carts') && clients[position % clients.length]) || user;
      const headers = { ...sent.headers, ...(key !== undefined && { 'idempotency-key': key }) };
      return call(method, url, { ...(body !== undefined && { body }), ...changes, headers });
    },
    /** The user's carts, as far as they are the same in every such world. */
    carts: async () => {
      const { items } = (await user.call<{ items: readonly CartBody[] }>('GET', '/carts?mine=true')).body;
      const own = (await user.cart(cartId)).body;
      return [items.length, own.status, own.version, own.totalAmount, own.items.map(({ qty }) => qty)];
    },
    /** Changes the cart, and deletes the product and every cart. */
    destroy: async ({ location }: { location: string | null }) => {
      await user.call('PUT', `/carts/${cartId}/items/${name}`, { body: { qty: 5 } });
      for (const path of [`/carts/${cartId}`, `/carts/${fromCartId}`, `/products/${name}`, location ?? ''])
        if (path !== '') await user.call('DELETE', path);
    },
  };
}

/** The sample with these fields in the place of its own; a stream with the product's name in its own. */
function bodyWith(sample: unknown, fields: Readonly<Record<string, string>>): unknown {
  if (typeof sample === 'string') return sample.replaceAll('imported', `imported-${fields['productId']}`);
  if (sample === undefined) return undefined;
  const own = Object.entries(sample as object).map(([name, value]) => [name, fields[name] ?? value] as const);
  return Object.fromEntries(own);
}

/** Another body that the call takes as well. */
function otherThan(body: unknown): unknown {
  if (typeof body === 'string') return `${body}\n`;
  const [field] = Object.entries(body as object);
  if (!field) return { currency: 'EUR' };
  const [name, value] = field;
  return { ...(body as object), [name]: typeof value === 'number' ? value + 1 : `${String(value)}x` };
}

test(`50 times the same POST with a key have one effect and one response on ${storeName}`, async (t) => {
  await withTwoCarts(async (system) => {
    const effects = await watchEffects(system.urls);
    const operations = [
      ...(await operationsOf(system.urls.product)),
      ...(await operationsOf(system.urls.cart)),
    ];
    const posts = operations.filter(({ method }) => method === 'POST');
    assert.ok(posts.length >= 9);
    for (const [i, post] of posts.entries()) {
      await t.test(`POST ${post.path}`, async () => {
        const [twin, world] = [
          await worldFor(system, post, `twin-${i}`),
          await worldFor(system, post, `p-${i}`),
        ];
        const single = await effects.of(async () => assert.ok((await twin.send(undefined)).status < 300));
        const responses: ApiResponse[] = [];
        const repeated = await effects.of(async () => {
          if (NOT_TRANSACTED.includes(post.path)) responses.push(await world.send('key'));
          const rest = TIMES - responses.length;
          responses.push(...(await atOnce(rest, (position) => world.send('key', {}, position))));
        });
        assert.deepEqual(repeated, single);
        assert.deepEqual(await world.carts(), await twin.carts());

        const [first = assert.fail()] = responses;
        assert.ok(first.status < 300, first.text);
        for (const response of responses) assert.deepEqual(essenceOf(response), essenceOf(first));
        assert.equal(responses.filter(isReplay).length, TIMES - 1);

        if (world.body !== undefined) {
          assert.ok(post.statuses.includes('422'));
          const other = await world.send('key', { body: otherThan(world.body) });
          assert.equal(other.status, 422, other.text);
        }
        await world.destroy({ location: first.headers.get('location') });
        const late = await world.send('key');
        assert.deepEqual(essenceOf(late), essenceOf(first));
        assert.ok(isReplay(late));
      });
    }
    effects.close();
  });
});

test(`concurrent imports and snapshots with one key get the same response on ${storeName}`, () =>
  withTwoCarts(async (system) => {
    const operations = await operationsOf(system.urls.product);
    for (const path of NOT_TRANSACTED) {
      const post = operations.find((operation) => operation.path === path) ?? assert.fail(path);
      const { send } = await worldFor(system, post, 'mug');
      const responses = await atOnce(TIMES, () => send('key'));
      const [first = assert.fail()] = responses;
      for (const response of responses) assert.deepEqual(essenceOf(response), essenceOf(first));
      assert.equal(responses.filter(isReplay).length, TIMES - 1);
    }
  }));

test(`core 12: a rejected request is not kept, its key succeeds later, on ${storeName}`, () =>
  withTwoCarts(async ({ urls }) => {
    const { call, fill, openCart, product, putProduct } = client(urls.gateway);
    const headers = { 'idempotency-key': 'key' };
    await putProduct('mug', { inventory: 1 });
    const cartId = await openCart();
    const takeStock = () => call('POST', '/products/mug/stock', { body: { delta: -5 }, headers });
    const checkOut = () => call('POST', `/carts/${cartId}/checkout`, { headers });
    const add = () => call('POST', `/carts/${cartId}/items`, { body: { productId: 'mug', qty: 2 }, headers });

    await fill(await openCart(), { mug: 1 });
    for (const send of [takeStock, checkOut, add]) {
      const [first, again] = [await send(), await send()];
      for (const rejected of [first, again]) {
        assert.equal(rejected.status, 409, rejected.text);
        assert.ok(!isReplay(rejected));
      }
    }
    assert.equal((await product('mug')).body.onHand, 1);
    await call('POST', '/products/mug/stock', { body: { delta: 9 } });
    const succeeds = async (send: () => Promise<ApiResponse>) => {
      const first = await until(send, ({ status }) => status !== 409);
      assert.equal(first.status, 200, first.text);
      assert.ok(!isReplay(first));
      const again = await send();
      assert.deepEqual(essenceOf(again), essenceOf(first));
      assert.ok(isReplay(again));
    };
    for (const send of [takeStock, add, checkOut]) await succeeds(send);
    await until(
      () => product('mug'),
      ({ body }) => body.onHand === 3 && body.held === 1,
    );

    const second = await openCart();
    const addCup = () =>
      call('POST', `/carts/${second}/items`, { body: { productId: 'cup', qty: 1 }, headers });
    assert.equal((await addCup()).status, 404);
    await putProduct('cup');
    await fill(await openCart(), { cup: 1 });
    const added = await addCup();
    assert.equal(added.status, 200);
    assert.ok(!isReplay(added));
  }));

test(`an import under a key that imported without a count is another request on ${storeName}`, () =>
  withTwoCarts(async ({ urls }) => {
    const { call, product } = client(urls.gateway);
    const headers = { 'idempotency-key': 'prices', 'content-type': 'application/x-ndjson' };
    const line = { productId: 'mug', name: 'Mug', price: 100, currency: 'EUR', inventory: 9 };
    const send = (query: string) =>
      call('POST', `/products/import${query}`, { body: JSON.stringify(line), headers });
    assert.equal((await send('')).status, 200);
    await call('POST', '/products/mug/stock', { body: { delta: -3 } });
    assert.equal((await send('?stock=count')).status, 422);
    const again = await send('');
    assert.deepEqual([again.status, isReplay(again)], [200, true]);
    assert.equal((await product('mug')).body.onHand, 6);
  }));

test(`a count that changes nothing is stored under its key too on ${storeName}: repeated after a sale, it has no effect`, () =>
  withTwoCarts(async ({ urls }) => {
    const { call, putProduct } = client(urls.gateway);
    const { body: created } = await putProduct('mug', { inventory: 5 });
    const headers = { 'idempotency-key': 'count-1' };
    const count = () =>
      call<ProductBody>('POST', '/products/mug/stock', { body: { onHand: 5, expectedOnHand: 5 }, headers });
    const first = await count();
    assert.deepEqual([first.status, first.body.version], [200, created.version]);
    await call('POST', '/products/mug/stock', { body: { delta: -1 } });
    const again = await count();
    assert.deepEqual([again.status, again.body, isReplay(again)], [200, first.body, true]);
  }));

test(`without a key no response is stored on ${storeName}`, () =>
  withTwoCarts(async ({ urls }) => {
    const { add, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('mug');
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });
    const responses = await atOnce(3, () => add(cartId, 'mug', 1));
    assert.deepEqual(new Set(responses.map(({ body }) => body.items[0]?.qty)), new Set([2, 3, 4]));
    assert.ok(!responses.some(isReplay));
    assert.notEqual(await openCart(), await openCart());
  }));

/** Opens a cart as a guest at this address. */
async function openCartFrom(
  gateway: string,
  localAddress: string,
  headers: Readonly<Record<string, string>>,
) {
  const sent = request(`${gateway}/carts`, {
    method: 'POST',
    localAddress,
    headers: { 'idempotency-key': 'key', ...headers },
  }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return ((await json(response)) as CartBody).cartId;
}

const skip = platform() === 'linux' ? false : 'only Linux has more than one loopback address by default';

test(`guests with the same key share no cart on ${storeName}, whatever headers they send`, { skip }, () =>
  withTwoCarts(async ({ urls: { gateway } }) => {
    const victims = await openCartFrom(gateway, '127.0.0.1', {});
    assert.equal(await openCartFrom(gateway, '127.0.0.1', {}), victims);
    assert.notEqual(await openCartFrom(gateway, '127.0.0.2', {}), victims);
    const forged = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '127.0.0.1' };
    assert.notEqual(await openCartFrom(gateway, '127.0.0.3', forged), victims);
  }),
);
