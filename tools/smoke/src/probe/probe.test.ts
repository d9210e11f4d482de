import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { probe } from './probe.ts';

const options = { deadlineMs: 40, pauseMs: 10 };
const shop: Readonly<Record<string, readonly [number, object]>> = {
  'GET /products?limit=1': [200, { items: [{ productId: 'blue mug' }] }],
  'GET /products/blue%20mug': [200, { productId: 'blue mug' }],
  'POST /carts': [201, { cartId: 'guest-1' }],
  'GET /carts/guest-1': [200, { cartId: 'guest-1' }],
};

/** A shop in which some responses differ, and the requests that it received, with the names of unusual headers. */
async function serve(t: TestContext, responses: Readonly<Record<string, readonly [number, object]>>) {
  const received: string[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    const call = `${method} ${url}`;
    received.push('idempotency-key' in headers || 'authorization' in headers ? `${call} with a key` : call);
    const [status, body] = responses[call] ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

test('the probe does what a shopper does who buys nothing, and leaves nothing behind', async (t) => {
  const { url, received } = await serve(t, shop);
  await probe(url, options);
  assert.deepEqual(received, Object.keys(shop));
});

test('it names the request that fails', async (t) => {
  for (const [call, response] of [
    ['GET /products?limit=1', [503, { title: 'Service Unavailable' }]],
    ['GET /products?limit=1', [200, { found: 'a page of somebody else' }]],
    ['GET /products/blue%20mug', [500, {}]],
    ['POST /carts', [429, {}]],
    ['GET /carts/guest-1', [404, {}]],
    ['GET /carts/guest-1', [200, { cartId: 'guest-2' }]],
  ] as const) {
    const { url } = await serve(t, { ...shop, [call]: response });
    const path = call.replaceAll(/[?]/g, String.raw`\?`);
    await assert.rejects(probe(url, options), new RegExp(`^Error: ${path}: it responded ${response[0]}`));
  }
});

test('a request that fails once is repeated', async (t) => {
  const responses = { ...shop, 'GET /carts/guest-1': [502, {}] } as Record<string, readonly [number, object]>;
  const { url, received } = await serve(t, responses);
  const probed = probe(url, { deadlineMs: 10_000, pauseMs: 10 });
  while (!received.includes('GET /carts/guest-1')) await new Promise(setImmediate);
  Object.assign(responses, shop);
  await probed;
});

test('an empty catalog and a product that was just deleted are no failures; an address where nothing listens is one', async (t) => {
  const empty = await serve(t, { ...shop, 'GET /products?limit=1': [200, { items: [] }] });
  await probe(empty.url, options);
  const deleted = await serve(t, { ...shop, 'GET /products/blue%20mug': [404, {}] });
  await probe(deleted.url, options);
  await assert.rejects(probe('http://127.0.0.1:1', options), /GET \/products\?limit=1: .+ does not respond/);
});
