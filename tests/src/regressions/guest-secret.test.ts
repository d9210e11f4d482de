import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type TopicName, topology } from '@tandem/contracts/topology';
import { listen as listenToConsole, operator } from '../console/listen.ts';
import { type CartBody, client, retryUnavailable } from '../support/http.ts';
import { subscribe } from '../support/messaging.ts';
import { spawnSystem } from '../support/process.ts';
import { publicIdOf } from '../support/public-id.ts';
import { atRest } from '../support/queues.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const KEY = 'a-key-that-its-guest-knows';

/** Encodings in which the secret might be written. */
function encodingsOf(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret, 'base64url');
  return [
    ...[secret, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')].map((text) =>
      Buffer.from(text),
    ),
    bytes,
  ];
}

async function filesIn(
  folder: string,
): Promise<readonly { readonly path: string; readonly bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path) })));
}

test("security 6: no event, queue, table, log or stream holds the secret of a guest's cart", async () => {
  await using system = await spawnSystem({ SEED: '0', LOG_LEVEL: 'debug', DATA_DIR: 'state', EMF: '1' });
  const { gateway, aws } = system.urls;
  using subscription = await subscribe(aws, 'everything-queue', Object.keys(topology.topics) as TopicName[]);
  await using stream = await listenToConsole(gateway);
  const { call, cart, checkOut, fill, merge, openCart, putProduct } = client(gateway);
  await putProduct('mug', { inventory: 100 });

  const open = (key?: string) =>
    call<CartBody>('POST', '/carts', key === undefined ? {} : { headers: { 'idempotency-key': key } });
  const [opened, repeated] = [await open(KEY), await open(KEY)];
  assert.equal(repeated.headers.get('idempotent-replayed'), 'true');
  assert.equal(repeated.text, opened.text);
  assert.equal(repeated.headers.get('location'), opened.headers.get('location'));
  const keyed = opened.body.cartId;
  const [merged, deleted, left] = [await openCart(), await openCart(), await openCart()];
  const all = [keyed, merged, deleted, left];
  for (const cartId of all) {
    assert.match(cartId, /^guest-[\w-]{36}$/);
    await fill(cartId, { mug: 2 });
  }
  const headers = { 'idempotency-key': 'change' };
  const writes = [
    ['POST', `/carts/${keyed}/items`, { productId: 'mug', qty: 1 }],
    ['PUT', `/carts/${keyed}/items/mug`, { qty: 2 }],
    ['POST', `/carts/${keyed}/hold`, undefined],
    ['POST', `/carts/${keyed}/items/mug/accept-price`, {}],
    ['POST', `/carts/${keyed}/items/`, undefined],
    ['GET', `/carts/${encodeURIComponent(keyed)}/nothing`, undefined],
  ] as const;
  for (const [method, path, body] of writes) await call(method, path, { headers, ...(body && { body }) });
  assert.equal((await merge(keyed, merged)).status, 200);
  assert.equal((await call('DELETE', `/carts/${deleted}`)).status, 204);
  assert.equal((await retryUnavailable(() => checkOut(keyed))).status, 200);
  await cart(left);
  await operator(gateway).post('/poison', { queue: 'product-cart-events-queue' });
  await atRest(aws);
  let events = '';
  await until(
    async () => (events += JSON.stringify(await subscription.receiveAll())),
    (text) => text.includes('CartCheckedOut'),
  );
  await stream.untilSteps((steps) =>
    steps.some((step) => 'eventType' in step && step.eventType === 'CartCheckedOut'),
  );
  const streamed = stream.text();
  const { stdout, stderr, code } = await system.stop();
  assert.equal(code, 0);

  const outputs = [
    { path: 'events', bytes: Buffer.from(events) },
    { path: "the console's stream", bytes: Buffer.from(streamed) },
    { path: 'the log', bytes: Buffer.from(stdout + stderr) },
    ...(await filesIn(system.folder)),
  ];
  assert.ok(outputs.some(({ path }) => path.endsWith('cart.sqlite')) && stdout.includes('"level"'));
  for (const cartId of all) {
    const secret = cartId.slice('guest-'.length);
    const publicId = publicIdOf(cartId);
    const isIn = (path: string, text: string) =>
      outputs.find((output) => output.path.endsWith(path))?.bytes.includes(text);
    assert.ok(isIn('cart.sqlite', publicId) && isIn('events', publicId), 'the public id is where it belongs');
    for (const { path, bytes } of outputs)
      for (const encoding of encodingsOf(secret))
        assert.ok(!bytes.includes(encoding), `${path} holds ${encoding.toString()}`);
  }
});

test("security 6: the public id of a guest's cart gives no access", () =>
  withSystem(async ({ urls }) => {
    const { call, cart, fill, openCart, putProduct, untilHeld } = client(urls.gateway);
    await putProduct('mug', { inventory: 10 });
    const [cartId, another] = [await openCart(), await openCart()];
    await fill(cartId, { mug: 2 });
    const publicId = publicIdOf(cartId);
    const before = await untilHeld(cartId);
    const calls = [
      ['GET', `/carts/${publicId}`, undefined],
      ['DELETE', `/carts/${publicId}`, undefined],
      ['POST', `/carts/${publicId}/items`, { productId: 'mug', qty: 1 }],
      ['PUT', `/carts/${publicId}/items/mug`, { qty: 1 }],
      ['DELETE', `/carts/${publicId}/items/mug`, undefined],
      ['POST', `/carts/${publicId}/items/mug/accept-price`, {}],
      ['POST', `/carts/${publicId}/hold`, undefined],
      ['POST', `/carts/${publicId}/checkout`, {}],
      ['POST', `/carts/${publicId}/merge`, { fromCartId: another }],
      ['POST', `/carts/${another}/merge`, { fromCartId: publicId }],
      ['GET', `/carts/guest-${publicId.slice('cart-'.length)}`, undefined],
    ] as const;
    for (const [method, path, body] of calls)
      assert.equal((await call(method, path, body && { body })).status, 404, `${method} ${path}`);
    assert.equal((await cart(cartId)).text, before.text);
  }));
